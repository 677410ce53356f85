import type { Plugin } from 'vite';

/** Fails where files of the page import each other: which of them runs first would be left to the order in which they come. */
export function inOrder(): Plugin {
  return {
    name: 'in-order',
    apply: 'build',
    generateBundle(_, bundle) {
      const done = new Set<string>();
      const walk = (name: string, path: readonly string[]): void => {
        if (path.includes(name)) throw new Error(`Files import each other: ${[...path, name].join(', ')}.`);
        const output = bundle[name];
        if (done.has(name) || output?.type !== 'chunk') return;
        for (const imported of output.imports) walk(imported, [...path, name]);
        done.add(name);
      };
      for (const name of Object.keys(bundle)) walk(name, []);
    },
  };
}
