import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { entriesWithin } from './entries-within.js';

describe('what is in a folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keystream-entries-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('is found at any depth, without following links', () => {
    mkdirSync(join(root, 'in/a/b'), { recursive: true });
    writeFileSync(join(root, 'in/a/b/deep.txt'), '');
    writeFileSync(join(root, 'outside.txt'), '');
    symlinkSync(join(root, 'outside.txt'), join(root, 'in/link.txt'));
    symlinkSync(root, join(root, 'in/a/up'));
    symlinkSync('/nowhere', join(root, 'in/dead'));

    const found = [...entriesWithin(join(root, 'in'))].map((entry) => [
      relative(root, join(entry.parentPath, entry.name)),
      entry.isFile(),
      entry.isDirectory(),
    ]);
    expect(found.sort()).toEqual([
      ['in/a', false, true],
      ['in/a/b', false, true],
      ['in/a/b/deep.txt', true, false],
      ['in/a/up', false, false],
      ['in/dead', false, false],
      ['in/link.txt', false, false],
    ]);
  });
});
