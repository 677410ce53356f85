import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
/** What is compiled, and what the console is built from. */
const SOURCES = ['src', 'console', 'schema.graphql'];
/** Installed packages, and what measures the console: nothing is built from them. */
const NO_SOURCES = new Set(['node_modules', 'lighthouse']);
/** What is built last: where that has failed, it is missing, or an older one. */
const CONSOLE = 'dist/console/operations.json';

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
  if (!canBuild) return true;
  const newest = newestOf(SOURCES.flatMap((name) => within(join(root, name))));
  return [entry, join(root, CONSOLE)].every((built) => newest <= timeOf(built));
}

/**
 * All that is in a folder, and a file itself.
 *
 * @param {string} path
 * @returns {string[]}
 */
function within(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !NO_SOURCES.has(name))
    .map((name) => join(path, name))
    .flatMap((entry) => [entry, ...(isFolder(entry) ? within(entry) : [])]);
}

/** @param {string} path */
const isFolder = (path) => lstatSync(path).isDirectory();

/** @param {readonly string[]} paths */
function newestOf(paths) {
  // An editor's lock may be a link to nowhere; a file from the future would be newer than every build.
  const times = paths.map(timeOf);
  return Math.max(...times.filter((time) => time <= Date.now()));
}

/** @param {string} path @returns {number} 0 where nothing is there */
function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
