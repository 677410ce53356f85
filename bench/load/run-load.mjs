import { modelOf, WORD_LENGTH } from '../parts/shape.mjs';
import { processorMs } from '../machine/processor-time.mjs';
import { countCodes, quantile } from '../report/statistics.mjs';

/** Far more than any answer takes: one that lasts longer does not end. */
const ANSWER_LIMIT_MS = 120_000;

/**
 * @typedef {object} Load
 * @property {Partial<import('../parts/shape.mjs').Shape>} shape
 * @property {number} streams how many in all
 * @property {number} concurrency how many at once
 * @property {number} [sockets] that share them; left out: one for each
 * @property {number} [warm] how many before anything is measured
 */

/**
 * What a load showed. Words are counted by the characters received: whether a server puts several into one message is
 * its own affair.
 *
 * @typedef {object} Measurement
 * @property {import('./received-answer.mjs').ReceivedAnswer[]} answers
 * @property {number} ran how many answers ended in order and were what the provider said
 * @property {Record<string, number>} failures how many failed, by their codes
 * @property {number} wallMs
 * @property {number} processorMs what the server used
 * @property {number} microsecondsPerDelta of the processor
 * @property {number} millisecondsPerChat of the processor
 * @property {number} firstTokenMs median
 * @property {number} firstTokenP99Ms
 */

/**
 * @param {import('./contestant.mjs').Contestant} contestant
 * @param {Load} load
 * @returns {Promise<Measurement>}
 */
export async function runLoad(contestant, { shape, streams, concurrency, sockets = concurrency, warm = 0 }) {
  const clients = await Promise.all(Array.from({ length: sockets }, (_, index) => contestant.connect(index)));
  const model = modelOf(shape);
  const chat = async (/** @type {number} */ index) => {
    const client = clients[index % clients.length];
    if (!client) throw new Error('There is no client.');
    const { answer, ended } = client.chat(model);
    await endOf(answer, ended);
    answer.check(shape.words ?? 1);
    return answer;
  };
  try {
    await repeat(warm, concurrency, chat);
    const usedBefore = processorMs(contestant.child.pid);
    const began = performance.now();
    const answers = await repeat(streams, concurrency, chat);
    const wallMs = performance.now() - began;
    const used = processorMs(contestant.child.pid) - usedBefore;
    return { ...summarize(answers, used), wallMs };
  } finally {
    for (const client of clients) client.close();
  }
}

/**
 * @param {import('./received-answer.mjs').ReceivedAnswer[]} answers
 * @param {number} used milliseconds of the server's processor
 */
function summarize(answers, used) {
  const words = answers.reduce((sum, { text }) => sum + text.length / WORD_LENGTH, 0);
  const ran = answers.filter(({ code }) => code === null).length;
  const firsts = answers.flatMap(({ firstDeltaAt, begunAt }) =>
    firstDeltaAt === null ? [] : [firstDeltaAt - begunAt],
  );
  return {
    answers,
    ran,
    failures: countCodes(answers),
    processorMs: used,
    microsecondsPerDelta: (used * 1_000) / words,
    millisecondsPerChat: used / ran,
    firstTokenMs: quantile(firsts, 0.5),
    firstTokenP99Ms: quantile(firsts, 0.99),
  };
}

/**
 * Does `work` so many times, so many of them at once.
 *
 * @template Result
 * @param {number} times
 * @param {number} concurrency
 * @param {(worker: number) => Promise<Result>} work
 * @returns {Promise<Result[]>}
 */
export async function repeat(times, concurrency, work) {
  /** @type {Result[]} */
  const results = [];
  let left = times;
  await Promise.all(
    Array.from({ length: Math.min(times, concurrency) }, async (_, worker) => {
      while (left-- > 0) results.push(await work(worker));
    }),
  );
  return results;
}

/** @param {import('./received-answer.mjs').ReceivedAnswer} answer @param {Promise<void>} ended */
async function endOf(answer, ended) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve(answer.fail('NO_END')), ANSWER_LIMIT_MS);
  });
  await Promise.race([ended, limit]);
  clearTimeout(timer);
}
