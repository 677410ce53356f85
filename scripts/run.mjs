// Runs a command of dist/cli, and builds first where that is needed: `node scripts/run.mjs token --user alice`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.mjs';
import { loadEnvFile } from './load-env-file.mjs';

const [command = '', ...rest] = process.argv.slice(2);
const entry = fileURLToPath(new URL(`../dist/cli/${command}.js`, import.meta.url));

// To standard error: a token's reader wants nothing but the token.
buildIfNeeded(entry, 2);
loadEnvFile();
const { status } = spawnSync(process.execPath, ['--enable-source-maps', entry, ...rest], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
