// Runs a command of dist/cli, and builds first where that has not been done: `node scripts/run.mjs token --user alice`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadEnvFile } from './load-env-file.mjs';

const [command = '', ...rest] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const entry = `${root}dist/cli/${command}.js`;

if (!existsSync(entry)) {
  // Its output goes to standard error: a token's reader wants nothing but the token.
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
loadEnvFile();
const { status } = spawnSync(process.execPath, ['--enable-source-maps', entry, ...rest], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
