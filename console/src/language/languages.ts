import type { Messages } from './en';

/** The languages of the console, by the names that they have themselves. A new one is a file and a line here. */
export const languages = {
  en: { name: 'English', load: () => import('./en.ts').then(({ en }): Messages => en) },
  de: { name: 'Deutsch', load: () => import('./de.ts').then(({ de }) => de) },
  zh: { name: '中文', load: () => import('./zh.ts').then(({ zh }) => zh) },
} satisfies Record<string, { name: string; load: () => Promise<Messages> }>;

export type Language = keyof typeof languages;

/** A preference, and no secret: it may outlive the tab. */
const KEPT = 'keystream:language';

const isLanguage = (name: string | null): name is Language => name !== null && Object.hasOwn(languages, name);

/** The one that was chosen here, else the browser's first that there is, else English. */
export function preferredLanguage(): Language {
  const chosen = keptLanguage();
  const wanted = [chosen, ...window.navigator.languages.map((tag) => tag.split('-')[0] ?? '')];
  return wanted.find(isLanguage) ?? 'en';
}

export function keepLanguage(language: Language): void {
  try {
    window.localStorage.setItem(KEPT, language);
  } catch {
    // A browser may refuse its storage: the choice then lasts as long as the page.
  }
}

function keptLanguage(): string | null {
  try {
    return window.localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
