import { keystreamContestant } from '../load/contestant.mjs';
import { runLoad } from '../load/run-load.mjs';
import { Figures } from '../report/figures.mjs';
import { quantile } from '../report/statistics.mjs';

const SOCKETS = 20;
const SHAPE = { words: 50, intervalMs: 100 };
const SUBJECT = 'Keystream';

/** @param {number} chats @param {string} goal @returns {import('./case.mjs').Case} */
const atOnce = (chats, goal) => {
  const name = `at-once-${chats}`;
  return {
    name,
    title: `${chats.toLocaleString('en')} chats begun at the same moment over ${SOCKETS} sockets, 50 deltas each, 100 ms apart`,
    async run(bench) {
      const figures = new Figures(name);
      await bench.eachRound(async () => {
        // Its own server each time: what the last load left behind is no part of it.
        const keystream = await bench.keystream();
        const contestant = keystreamContestant(SUBJECT, keystream, await keystream.enrol(SOCKETS));
        const { answers, ran, failures } = await runLoad(contestant, {
          shape: SHAPE,
          streams: chats,
          concurrency: chats,
          sockets: SOCKETS,
        });
        await keystream.child.stop();
        const delays = answers
          .filter(({ code }) => code === null)
          .flatMap((answer) => answer.delays(SHAPE.intervalMs));
        figures.add({ subject: SUBJECT, measure: 'chats that ran', value: ran, goal });
        figures.add({
          subject: SUBJECT,
          measure: 'ms of delay of their deltas, p99',
          value: quantile(delays, 0.99),
          goal: '< 100',
        });
        figures.count(SUBJECT, chats, failures);
      });
      return figures.rows();
    },
  };
};

export const atOnceCases = [
  atOnce(200, 'all'),
  atOnce(2_000, 'all, or refused at once with SERVICE_UNAVAILABLE'),
];
