// Measures how the cost of a delta grows with the number of streams and with the pace of their deltas, and draws it:
// `npm run bench:plots`. With --draw it draws what bench/results.json holds.
import { mkdir, writeFile } from 'node:fs/promises';
import { buildIfNeeded } from '../scripts/build-if-needed.mjs';
import { Bench } from './bench.mjs';
import { endInOrder } from './end-in-order.mjs';
import { runLoad } from './load/run-load.mjs';
import { projectFile } from './machine/child.mjs';
import { databaseUrl } from './machine/services.mjs';
import { lineChart } from './report/line-chart.mjs';
import { readResults, writeResults } from './report/results.mjs';
import { median, describeFailures } from './report/statistics.mjs';

buildIfNeeded(projectFile('dist/main.js'), 2);
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
const { draw, rounds = '3' } = readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run bench:plots [-- --draw] [--rounds <number>]',
    does: 'Measures and draws the plots of docs/performance.md, on BENCH_DATABASE_URL.',
    options: {
      '--draw': 'draw what bench/results.json holds, and measure nothing',
      '--rounds <number>': 'how often each point is measured; 3 where that is left out',
    },
  },
  { draw: { type: 'boolean' }, rounds: { type: 'string' } },
);
/** Each point lasts two seconds or so. @param {number} concurrency @param {number} intervalMs */
const pointOf = (concurrency, intervalMs) => {
  const words = Math.ceil(2_000 / intervalMs);
  return { shape: { words, intervalMs }, streams: Math.max(concurrency, 40), concurrency, warm: 3 };
};

if (draw) await drawAll();
else await measureAll();

async function measureAll() {
  const bench = new Bench({
    databaseUrl,
    redisUrl: null,
    rounds: Number(rounds),
    size: 'short',
    say: (text) => process.stderr.write(`${text}\n`),
  });
  await endInOrder(bench, async () => {
    await bench.start();
    const curves = [
      await curveOf(bench, {
        name: 'cost-by-streams',
        title: 'Cost of a delta by the number of streams (50 deltas a second each)',
        x: 'streams at a time',
        points: [10, 25, 50, 100, 200].map((streams) => [streams, pointOf(streams, 20)]),
      }),
      await curveOf(bench, {
        name: 'cost-by-pace',
        title: 'Cost of a delta by the pace of a stream (50 streams)',
        x: 'deltas a second of each stream',
        points: [5, 10, 20, 50, 100].map((pace) => [pace, pointOf(50, 1_000 / pace)]),
      }),
    ];
    await writeResults({ ...(await readResults()), curves });
    await drawAll();
  });
}

/**
 * @param {Bench} bench
 * @param {{ name: string, title: string, x: string, points: [number, import('./load/run-load.mjs').Load][] }} plan
 * @returns {Promise<import('./report/line-chart.mjs').Curve>}
 */
async function curveOf(bench, { points, ...curve }) {
  const field = await bench.field();
  /** @type {Map<string, [number, number][]>} */
  const series = new Map(field.map(({ name }) => [name, []]));
  for (const [x, load] of points) {
    bench.say(`${curve.name}: ${x}`);
    /** @type {Map<string, number[]>} */
    const costs = new Map(field.map(({ name }) => [name, []]));
    await bench.eachRound(async () => {
      for (const contestant of field) {
        const { microsecondsPerDelta, failures } = await runLoad(contestant, load);
        costs.get(contestant.name)?.push(microsecondsPerDelta);
        const words = describeFailures(failures);
        if (words) bench.say(`  ${contestant.name}: ${words}`);
      }
    });
    for (const [name, values] of costs) series.get(name)?.push([x, Number(median(values).toPrecision(3))]);
  }
  return { ...curve, series: [...series].map(([name, measured]) => ({ name, points: measured })) };
}

async function drawAll() {
  const { curves } = await readResults();
  await mkdir(projectFile('docs/images'), { recursive: true });
  for (const { name, ...chart } of curves)
    await writeFile(projectFile(`docs/images/${name}.svg`), lineChart({ ...chart, y: 'µs of CPU a delta' }));
}
