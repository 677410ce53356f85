import { join } from 'node:path';
import type { Plugin } from 'vite';

const MANTINES = '/use-id/use-id.mjs';
const OURS = join(import.meta.dirname, 'plain-id.ts');

/**
 * Has Mantine take React's `useId` for what it is. Its own makes another id as soon as a component is there, which renders each
 * field a second time, and has React finish at once all that is shown with it: a page that comes in short pieces would come in
 * one. Fails the build where Mantine has it no more.
 */
export function plainIds(): Plugin {
  let isFound = false;
  return {
    name: 'plain-ids',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer = '') {
      if (!source.endsWith(MANTINES) || !importer.includes('/@mantine/hooks/')) return null;
      isFound = true;
      return OURS;
    },
    buildEnd(error) {
      if (!error && !isFound)
        this.error('Mantine has its own ids no more: console/plugins/plain-ids.ts is not needed.');
    },
  };
}
