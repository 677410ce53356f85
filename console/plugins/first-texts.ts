import type { Plugin } from 'vite';
import type { FirstTexts } from '../src/app/first-texts.ts';
import type { Messages } from '../src/language/en.ts';
import { languages } from '../src/language/languages.ts';

const NAME = 'virtual:first-texts';

/** The few texts that are shown before the rest of their language is there, taken from its file. */
export function firstTexts(): Plugin {
  return {
    name: 'first-texts',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    async load(id) {
      if (id !== `\0${NAME}`) return null;
      const texts = await Promise.all(
        Object.entries(languages).map(
          async ([language, { load }]) => [language, firstOf(await load())] as const,
        ),
      );
      return `export const firstTexts = ${JSON.stringify(Object.fromEntries(texts))};`;
    },
  };
}

function firstOf({ shell, about }: Messages): FirstTexts {
  const { keys, usage, audit, alerts, settings, pages, notLoaded: broke, reload } = shell;
  return { pages, names: { keys, try: shell.try, usage, audit, alerts, settings }, about, broke, reload };
}
