import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
/** What is compiled, and what the console is built from. */
const SOURCES = ['src', 'console', 'schema.graphql'];

/**
 * Builds where that has not been done since the sources changed: after a `git pull`, a new migration and an old command
 * would meet. Where there are no sources (in the container) or no tools to build with, what is built serves.
 *
 * Standard output belongs to the command, so the build's own output goes to `output`.
 *
 * @param {string} entry what the command runs, in dist
 * @param {'ignore' | 2} output
 */
export function buildIfNeeded(entry, output) {
  if (isUpToDate(entry, projectFolder)) return;
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: projectFolder,
    stdio: ['ignore', output, output],
  });
  if (status !== 0) throw new Error('The build failed; npm run build tells more.');
}

/**
 * Whether what was built serves.
 *
 * @param {string} entry
 * @param {string} root the project's folder
 */
export function isUpToDate(entry, root) {
  if (!existsSync(entry)) return false;
  const canBuild = existsSync(join(root, 'src')) && existsSync(join(root, 'node_modules/@nestjs/cli'));
  return (
    !canBuild || newestOf(SOURCES.flatMap((name) => within(join(root, name)))) <= statSync(entry).mtimeMs
  );
}

/**
 * All that is in a folder, and a file itself.
 *
 * @param {string} path
 */
function within(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}

/** @param {readonly string[]} paths */
function newestOf(paths) {
  // An editor's lock may be a link to nowhere; a file from the future would be newer than every build.
  const times = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times.filter((time) => time <= Date.now()));
}
