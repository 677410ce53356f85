// Chaos by hand, on a database and names in Redis of its own: `npm run chaos -- --seed 42 --minutes 10`.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' } } });
const seed = values.seed ?? String(randomInt(2 ** 32));
const minutes = Number(values.minutes ?? 1);
if (!(minutes > 0)) throw new Error('--minutes takes a number above 0.');

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
