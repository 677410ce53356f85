import { keystreamContestant, plainContestant } from '../load/contestant.mjs';
import { projectFile } from '../machine/child.mjs';
import { runLoad } from '../load/run-load.mjs';
import { modelOf } from '../parts/shape.mjs';
import { Figures } from '../report/figures.mjs';
import { countCodes } from '../report/statistics.mjs';

const PER_SOCKET = 100;
/** Slow enough that beginning them is not what is measured. */
const OPENED_PER_SECOND = 50;
const DELTA_EVERY_MS = 1_000;
const WARM = 500;
/** @type {Record<import('../bench.mjs').BenchSettings['size'], { streams: number, seconds: number }>} */
const sizes = {
  smoke: { streams: 100, seconds: 1 },
  short: { streams: 1_000, seconds: 20 },
  long: { streams: 5_000, seconds: 600 },
};

/** @typedef {import('../load/contestant.mjs').Contestant} Contestant */

/** @type {import('./case.mjs').Case} */
export const openStreams = {
  name: 'open-streams',
  title: `open streams, a delta a second each, ${PER_SOCKET} to a socket (--long: 5,000 for 10 minutes)`,
  async run(bench) {
    const figures = new Figures(openStreams.name);
    const size = sizes[bench.settings.size];
    const nodeArguments = ['--expose-gc'];
    const floor = await bench.startOnServerCore(projectFile('bench/parts/floor.mjs'), {
      nodeArguments,
      environment: { UPSTREAM_URL: bench.upstreamUrl },
    });
    await measure(plainContestant('floor', floor), size, figures);
    await floor.stop();
    const keystream = await bench.keystream({ nodeArguments });
    const tokens = await keystream.enrol(Math.ceil(size.streams / PER_SOCKET));
    await measure(keystreamContestant('Keystream', keystream, tokens), size, figures);
    await keystream.child.stop('SIGKILL');
    return figures.rows();
  },
};

/** @param {Contestant} contestant @param {{ streams: number, seconds: number }} size @param {Figures} figures */
async function measure(contestant, { streams, seconds }, figures) {
  const { child, name: subject } = contestant;
  const sockets = Math.ceil(streams / PER_SOCKET);
  const openingSeconds = Math.ceil(streams / OPENED_PER_SECOND);
  const clients = await Promise.all(Array.from({ length: sockets }, (_, index) => contestant.connect(index)));
  const words = openingSeconds + seconds + 2;
  const model = modelOf({ words, intervalMs: DELTA_EVERY_MS });
  // A server that has just started gives back what its start took: it is warmed up before its memory counts.
  await runLoad(contestant, { shape: { words: 10 }, streams: WARM, concurrency: 20, sockets: 20 });
  const idle = await child.watch();
  const chats = [];
  for (let index = 0; index < streams; index++) {
    const client = clients[index % sockets];
    if (client) chats.push(client.chat(model));
    if (index % 5 === 4) await sleep((5 * 1_000) / OPENED_PER_SECOND);
  }
  await sleep(2 * DELTA_EVERY_MS);
  const opened = await child.report();
  await sleep(seconds * 1_000);
  const open = chats.filter(({ answer }) => answer.code === null).length;
  const later = await child.report();
  for (const client of clients) client.close();
  await Promise.all(chats.map(({ ended }) => ended));
  const isKeystream = subject === 'Keystream';
  const add = (/** @type {string} */ measured, /** @type {number} */ value, goal = '') =>
    figures.add({ subject, measure: measured, value, goal: isKeystream ? goal : '' });
  add('streams open', open, `all of ${streams.toLocaleString('en')}`);
  add('ms of event-loop delay, p99', later.delayP99Ms, '< 50');
  const kilobytesEach = (/** @type {number} */ bytes) => bytes / 1_024 / open;
  add('KB a stream', kilobytesEach(opened.residentBytes - idle.residentBytes), '≤ 40');
  add('KB a stream, of JavaScript', kilobytesEach(opened.heapBytes - idle.heapBytes));
  add(
    `KB more a stream after ${seconds} s`,
    kilobytesEach(later.residentBytes - opened.residentBytes),
    'flat',
  );
  // Those that this client has left are no failures.
  const failures = countCodes(chats.map(({ answer }) => answer).filter(({ code }) => code !== 'CLOSED_1006'));
  figures.count(subject, streams, failures);
}

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
