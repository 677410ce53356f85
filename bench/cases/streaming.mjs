import { runLoad } from '../load/run-load.mjs';
import { Figures } from '../report/figures.mjs';

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('../load/run-load.mjs').Load} Load */

/**
 * A load on each contestant in turn, and what it takes of the processor.
 *
 * @param {object} settings
 * @param {string} settings.name
 * @param {string} settings.title
 * @param {'microsecondsPerDelta' | 'millisecondsPerChat'} settings.cost
 * @param {string} settings.measure
 * @param {Record<string, string>} settings.goals by the contestants' names
 * @param {Load} settings.load
 * @param {Load} settings.smoke
 * @returns {Case}
 */
const costCase = ({ name, title, cost, measure, goals, load, smoke }) => ({
  name,
  title,
  inSmoke: true,
  async run(bench) {
    const figures = new Figures(name);
    const size = bench.settings.size === 'smoke' ? smoke : load;
    const field = await bench.field();
    await bench.eachRound(async () => {
      let reference = NaN;
      for (const contestant of field) {
        const measured = await runLoad(contestant, size);
        if (contestant === field[0]) reference = measured[cost];
        figures.add({
          subject: contestant.name,
          measure,
          value: measured[cost],
          reference,
          goal: goals[contestant.name] ?? '',
        });
        figures.count(contestant.name, size.streams, measured.failures);
      }
    });
    return figures.rows();
  },
});

const burst = costCase({
  name: 'burst',
  title: '200 deltas at once, 20 streams at a time',
  cost: 'microsecondsPerDelta',
  measure: 'µs of CPU a delta',
  goals: { Keystream: '≤ 0.8 ×', 'Keystream with Redis': '≤ 1.2 ×' },
  load: { shape: { words: 200 }, streams: 400, concurrency: 20, warm: 400 },
  smoke: { shape: { words: 200 }, streams: 8, concurrency: 4 },
});

const paced = costCase({
  name: 'paced',
  title: '100 deltas, 20 ms apart, 200 streams at a time',
  cost: 'microsecondsPerDelta',
  measure: 'µs of CPU a delta',
  goals: { Keystream: '≤ 1.5 ×', 'Keystream with Redis': '≤ 2.5 ×' },
  load: { shape: { words: 100, intervalMs: 20 }, streams: 600, concurrency: 200, warm: 200 },
  smoke: { shape: { words: 10, intervalMs: 20 }, streams: 8, concurrency: 8 },
});

const short = costCase({
  name: 'short',
  title: 'one delta, one chat at a time',
  cost: 'millisecondsPerChat',
  measure: 'ms of CPU a chat',
  goals: { Keystream: '≤ 5 ×' },
  load: { shape: { words: 1 }, streams: 1_000, concurrency: 1, warm: 1_000 },
  smoke: { shape: { words: 1 }, streams: 20, concurrency: 1 },
});

/** @type {Case} */
const firstToken = {
  name: 'first-token',
  title: 'time to the first token, one chat at a time',
  async run(bench) {
    const figures = new Figures(firstToken.name);
    const field = await bench.field();
    await bench.eachRound(async () => {
      let floor = { median: NaN, p99: NaN };
      for (const contestant of field) {
        const load = { shape: { words: 5, intervalMs: 1 }, streams: 300, concurrency: 1, warm: 300 };
        const { firstTokenMs, firstTokenP99Ms, failures } = await runLoad(contestant, load);
        const isFloor = contestant === field[0];
        if (isFloor) floor = { median: firstTokenMs, p99: firstTokenP99Ms };
        const goals = contestant.name.startsWith('Keystream') ? ['≤ 1.5', '≤ 5'] : [];
        const after = isFloor ? '' : " after the floor's";
        figures.add({
          subject: contestant.name,
          measure: `ms${after}, median`,
          value: isFloor ? firstTokenMs : firstTokenMs - floor.median,
          goal: goals[0] ?? '',
        });
        figures.add({
          subject: contestant.name,
          measure: `ms${after}, p99`,
          value: isFloor ? firstTokenP99Ms : firstTokenP99Ms - floor.p99,
          goal: goals[1] ?? '',
        });
        figures.count(contestant.name, load.streams, failures);
      }
    });
    return figures.rows();
  },
};

/** @type {Case[]} */
export const streamingCases = [burst, paced, short, firstToken];
