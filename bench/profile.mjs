// Where a server's time goes, by stage: `npm run bench:profile`. Each load runs on a server of its own, under
// `node --cpu-prof`.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from '../scripts/build-if-needed.mjs';
import { Bench } from './bench.mjs';
import { endInOrder } from './end-in-order.mjs';
import { keystreamContestant } from './load/contestant.mjs';
import { runLoad } from './load/run-load.mjs';
import { projectFile } from './machine/child.mjs';
import { databaseUrl } from './machine/services.mjs';
import { timeByStage } from './profile-stages.mjs';
import { profileTable } from './report/profile-table.mjs';
import { readResults, writeDocs, writeResults } from './report/results.mjs';

buildIfNeeded(projectFile('dist/main.js'), 2);
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
const { label = 'now', 'write-docs': writesDocs = false } = readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run bench:profile [-- --label <name>] [--write-docs]',
    does: 'Says where the time of the server goes, on BENCH_DATABASE_URL.',
    options: {
      '--label <name>': 'the name of the column in docs/performance.md; one of the same name is replaced',
      '--write-docs': 'put the figures into bench/results.json and docs/performance.md',
    },
  },
  { label: { type: 'string' }, 'write-docs': { type: 'boolean' } },
);

/** How much of a load comes first, and does not count: a server that has just begun compiles what it runs. */
const WARM_SHARE = 0.3;

const loads = [
  {
    load: '200 deltas at once, 20 streams at a time',
    unit: 'µs a delta',
    settings: { shape: { words: 200 }, streams: 800, concurrency: 20 },
    count: (/** @type {number} */ chats) => chats * 200,
  },
  {
    load: '100 deltas, 20 ms apart, 100 streams at a time',
    unit: 'µs a delta',
    settings: { shape: { words: 100, intervalMs: 20 }, streams: 600, concurrency: 100 },
    count: (/** @type {number} */ chats) => chats * 100,
  },
  {
    load: 'one delta, 10 chats at a time',
    unit: 'µs a chat',
    settings: { shape: { words: 1 }, streams: 1_500, concurrency: 10 },
    count: (/** @type {number} */ chats) => chats,
  },
];

const bench = new Bench({
  databaseUrl,
  redisUrl: null,
  rounds: 1,
  size: 'short',
  say: (text) => process.stderr.write(`${text}\n`),
});

await endInOrder(bench, async () => {
  await bench.start();
  const profiles = [];
  for (const each of loads) {
    bench.say(each.load);
    profiles.push(await profileOf(each));
  }
  process.stdout.write(`${profileTable(profiles)}\n`);
  if (!writesDocs) return;
  const results = await readResults();
  const others = results.profiles.filter((profile) => profile.label !== label);
  await writeResults({ ...results, profiles: [...others, ...profiles] });
  await writeDocs();
});

/** @param {(typeof loads)[number]} load */
async function profileOf({ load, unit, settings, count }) {
  const folder = await mkdtemp(join(tmpdir(), 'keystream-profile-'));
  try {
    const keystream = await bench.keystream({ nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${folder}`] });
    const contestant = keystreamContestant('Keystream', keystream, await keystream.enrol(20));
    await runLoad(contestant, { ...settings, streams: Math.ceil(settings.streams * WARM_SHARE) });
    const from = monotonicMicroseconds();
    const { ran } = await runLoad(contestant, settings);
    const to = monotonicMicroseconds();
    // Ends in order, for the profile is written then.
    await keystream.child.stop('SIGTERM');
    const times = await readProfiles(folder, from, to);
    const stages = [...times].map(([stage, microseconds]) => [stage, microseconds / count(ran)]);
    return { label, load, unit, stages: Object.fromEntries(stages) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function monotonicMicroseconds() {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** One for each thread. @param {string} folder @param {number} from @param {number} to */
async function readProfiles(folder, from, to) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const name of await readdir(folder)) {
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8'));
    for (const [stage, time] of timeByStage(profile, from, to))
      times.set(stage, (times.get(stage) ?? 0) + time);
  }
  return times;
}
