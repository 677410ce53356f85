import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src');

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
  if (existsSync(entry) && !(canBuild() && newestOf(sources) > statSync(entry).mtimeMs)) return;
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', output, output],
  });
  if (status !== 0) throw new Error('The build failed; npm run build tells more.');
}

const canBuild = () => existsSync(sources) && existsSync(join(root, 'node_modules/@nestjs/cli'));

/** @param {string} folder */
function newestOf(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // An editor's lock may be a link to nowhere; a file from the future would be newer than every build.
  const times = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times.filter((time) => time <= Date.now()));
}
