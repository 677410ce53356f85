import { firstTexts } from 'virtual:first-texts';
import type { Language } from '../language/languages';
import { showTitle } from './first-title';
import header from './page-header.module.css';
import type { PageName } from './page-loaders';
import shell from './shell.module.css';

/**
 * Shows the frame of a page and what it is for, in the place where they will be, as soon as there is anything at all: the
 * page's scripts need a second or two over a slow line. They put the same in its place.
 */
export function showFirstFrame(page: PageName, language: Language): void {
  const { names, about, pages } = firstTexts[language];
  const menu = element('nav', shell.menu);
  menu.ariaLabel = pages;
  for (const name of Object.keys(names) as PageName[]) {
    const link = element('a', `${shell.link} ${name === page ? shell.active : ''}`);
    link.href = `/console/${name}`;
    const icon = element('span', shell.icon);
    link.append(icon, names[name]);
    menu.append(link);
  }
  const title = element('h1', header.title);
  title.append(names[page]);
  const words = element('p', header.about);
  words.append(about[page]);
  const head = element('div', header.words);
  head.append(title, words);
  const top = element('div', header.header);
  top.append(head);
  const main = element('main', shell.page);
  main.ariaBusy = 'true';
  main.append(top);

  document.documentElement.lang = language;
  showTitle(names[page]);
  const frame = document.querySelector('#console > div');
  if (frame) frame.className = shell.shell ?? '';
  frame?.append(menu, main);
}

/** Says that the scripts did not come, in the place of the page: the way to the server was lost meanwhile. */
export function showFailure(language: Language): void {
  const { broke, reload } = firstTexts[language];
  const words = element('p', header.about);
  words.role = 'alert';
  words.append(broke);
  const button = element('button', header.again);
  button.append(reload);
  button.addEventListener('click', () => window.location.reload());
  const main = document.querySelector('main') ?? element('main', shell.page);
  main.ariaBusy = null;
  main.append(words, button);
  document.querySelector('#console > div')?.append(main);
}

function element<T extends keyof HTMLElementTagNameMap>(
  name: T,
  className: string | undefined,
): HTMLElementTagNameMap[T] {
  const made = document.createElement(name);
  made.className = className ?? '';
  return made;
}
