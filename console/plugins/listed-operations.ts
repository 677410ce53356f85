import type { Plugin } from 'vite';
import { manifestOf, readOperations } from '../../scripts/console/operations.mjs';

/** Puts the list of the console's operations beside the page, for servers that run only what is listed. */
export function listedOperations(): Plugin {
  return {
    name: 'listed-operations',
    apply: 'build',
    generateBundle() {
      const source = JSON.stringify(manifestOf(readOperations()), null, 2);
      this.emitFile({ type: 'asset', fileName: 'operations.json', source });
    },
  };
}
