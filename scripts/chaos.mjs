// Chaos by hand, on a database and names in Redis of its own: `npm run chaos -- --seed 42 --minutes 10`.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.mjs';

const commandLine = new URL('../dist/cli/run-command.js', import.meta.url);
buildIfNeeded(fileURLToPath(commandLine), 2);
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(commandLine.href);

const values = readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run chaos [-- --seed <seed>] [--minutes <number>]',
    does: 'Lets 50 chats at once go wrong on two servers, round after round, with PostgreSQL and Redis beside them.',
    options: {
      '--seed <seed>': 'what goes wrong; one is picked and named where that is left out',
      '--minutes <number>': 'for how long; 1 where that is left out',
    },
  },
  { seed: { type: 'string' }, minutes: { type: 'string' } },
);
const seed = values.seed ?? String(randomInt(2 ** 32));
const minutes = Number(values.minutes ?? 1);
if (!(minutes > 0)) {
  process.stderr.write('--minutes takes a number above 0. See --help.\n');
  process.exit(1);
}

process.stdout.write(`Chaos for ${minutes} minutes: --seed ${seed}\n`);
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const { status } = spawnSync(process.execPath, [...jest, 'test/redis/chaos-spec.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
  env: {
    TEST_DATABASE_URL: 'postgresql://postgres@127.0.0.1:5432/postgres',
    TEST_REDIS_URL: 'redis://127.0.0.1:6379',
    ...process.env,
    CHAOS_SEED: seed,
    CHAOS_MINUTES: String(minutes),
  },
});
if (status !== 0) process.stdout.write(`Chaos has found something: --seed ${seed}\n`);
process.exit(status ?? 1);
