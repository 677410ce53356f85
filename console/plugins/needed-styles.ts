import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const STYLES = join(import.meta.dirname, '../../node_modules/@mantine/core/styles');
const COMPONENT = /@mantine\/core\/esm\/(?:components|utils)\/(\w+)\//;
const STYLE = /@mantine\/core\/styles\/([\w-]+)\.css$/;
const OF_NO_COMPONENT = new Set(['baseline', 'default-css-variables', 'global']);

/**
 * Fails the build where a component of Mantine has come in without its style sheet, or has gone and left it behind. All of
 * them together would be a quarter of what the page loads first.
 */
export function neededStyles(): Plugin {
  return {
    name: 'needed-styles',
    apply: 'build',
    generateBundle(_options, bundle) {
      const used = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const [id, { renderedLength }] of Object.entries(output.modules)) {
          const name = COMPONENT.exec(id)?.[1];
          if (name !== undefined && renderedLength > 0 && existsSync(join(STYLES, `${name}.css`)))
            used.add(name);
        }
      }
      const imported = new Set([...this.getModuleIds()].flatMap((id) => STYLE.exec(id)?.[1] ?? []));
      const lacking = [...used].filter((name) => !imported.has(name));
      const spare = [...imported].filter((name) => !used.has(name) && !OF_NO_COMPONENT.has(name));
      const mistakes = [
        ...lacking.map((name) => `lacks the styles of ${name}`),
        ...spare.map((name) => `has the styles of ${name}, which is not used`),
      ];
      if (mistakes.length > 0) this.error(`console/src/app/styles.ts ${mistakes.join(', ')}.`);
    },
  };
}
