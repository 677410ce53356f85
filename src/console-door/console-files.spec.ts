import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CONSOLE_OPERATIONS, writeConsole } from '../../test/support/console-folder.js';
import { StartupError } from '../common/startup-error.js';
import { ConsoleFiles } from './console-files.js';

const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  throw new Error('It was taken.');
};

describe('the files of the console', () => {
  it('are none where no page was built', () => {
    expect(ConsoleFiles.find(writeConsole({ 'index.html': null }))).toBeNull();
    expect(ConsoleFiles.find('/nowhere')).toBeNull();
  });

  it('are its assets: no compressed copies, no dot files, no links out of the folder', () => {
    const folder = writeConsole({ 'assets/.hidden/x.js': '1' });
    symlinkSync(join(folder, 'operations.json'), join(folder, 'assets', 'link.json'));
    symlinkSync(folder, join(folder, 'assets', 'up'));
    expect([...ConsoleFiles.find(folder)!.assets].sort()).toEqual([
      'fonts/plain-Ef56.woff2',
      'index-Ab12.css',
      'index-Ab12.js',
      'renewed-Cd34.js',
    ]);
  });

  it('are what the page asks for', () => {
    const operations = ConsoleFiles.find(writeConsole())!.readOperations();
    expect(operations.map(({ body, type }) => [type, body])).toEqual([
      ['query', CONSOLE_OPERATIONS[0]],
      ['mutation', CONSOLE_OPERATIONS[1]],
    ]);
  });

  it.each([
    ['its second page', { 'renewed.html': null }, 'renewed.html cannot be read'],
    [
      'a place for the nonce',
      { 'index.html': '<meta content="KEYSTREAM_SETTINGS">' },
      'no place for its nonce',
    ],
    ['a place for the settings', { 'index.html': '<p nonce="KEYSTREAM_NONCE">' }, 'or none for its settings'],
  ])('stop the start where the page lacks %s', (_, others, words) => {
    const message = refusalOf(() => ConsoleFiles.find(writeConsole(others)));
    expect(message).toMatch(/^The console in dist\/console is incomplete: .*npm run build.*CONSOLE=off\.$/);
    expect(message).toContain(words);
  });

  it.each([
    ['is missing', { 'operations.json': null }, 'names a file that cannot be read (ENOENT)'],
    ['is no JSON', { 'operations.json': '{' }, 'names a file that is not JSON'],
    ['is no manifest', { 'operations.json': '{}' }, 'must name a file with "format"'],
  ])('stop the start where its list of operations %s, as ours and not the operator’s', (_, others, words) => {
    const message = refusalOf(() => ConsoleFiles.find(writeConsole(others))!.readOperations());
    expect(message).toContain(`The console in dist/console is incomplete: its list of operations ${words}`);
    expect(message).not.toContain('PERSISTED_OPERATIONS');
  });
});
