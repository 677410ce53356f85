import { mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isUpToDate } from '../../scripts/build-if-needed.mjs';

const HOUR_MS = 3_600_000;
const ENTRY = 'dist/main.js';

function setTime(path: string, hours: number): void {
  const time = new Date(Date.now() - hours * HOUR_MS);
  utimesSync(path, time, time);
}

/** A project whose files were changed so many hours ago. */
function projectOf(files: Readonly<Record<string, number>>): { root: string; entry: string } {
  const root = mkdtempSync(join(tmpdir(), 'keystream-build-'));
  for (const [name, hours] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    setTime(path, hours);
  }
  // Folders count, too: they change where a file is deleted. These were just made.
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(root, name)).isDirectory()) setTime(join(root, name), 9);
  return { root, entry: join(root, ENTRY) };
}

const upToDate = (files: Readonly<Record<string, number>>): boolean => {
  const { root, entry } = projectOf(files);
  return isUpToDate(entry, root);
};

const tools = { 'node_modules/@nestjs/cli/package.json': 9 };
const CONSOLE = 'dist/console/operations.json';
const sources = { 'src/main.ts': 3, 'console/src/main.tsx': 3, 'schema.graphql': 3 };
const built = { ...tools, ...sources, [ENTRY]: 2, [CONSOLE]: 2 };

describe('what was built', () => {
  it('serves while it is newer than all that it was built from', () => {
    expect(upToDate(built)).toBe(true);
    expect(upToDate({ ...built, 'console/lighthouse/node_modules/a/b.js': 1 })).toBe(true);
  });

  it('does not serve where the console was not built, or not since', () => {
    expect(upToDate({ ...tools, ...sources, [ENTRY]: 2 })).toBe(false);
    expect(upToDate({ ...built, [CONSOLE]: 4 })).toBe(false);
  });

  it.each(['src/deep/new.ts', 'console/src/pages/new.tsx', 'console/index.html', 'schema.graphql'])(
    'is built anew after a change of %s',
    (name) => {
      expect(upToDate({ ...built, [name]: 1 })).toBe(false);
    },
  );

  it('is built where there is nothing yet', () => {
    expect(upToDate({ ...tools, 'src/main.ts': 3 })).toBe(false);
  });

  it('serves where nothing can be built, and whatever a clock that went wrong has left', () => {
    expect(upToDate({ [ENTRY]: 2, 'src/main.ts': 1 })).toBe(true);
    expect(upToDate({ ...sources, [ENTRY]: 2, 'console/x.ts': 1 })).toBe(true);
    expect(upToDate({ ...built, 'console/from-the-future.ts': -5 })).toBe(true);
  });
});
