import { keystreamContestant } from '../load/contestant.mjs';
import { runLoad } from '../load/run-load.mjs';
import { Figures } from '../report/figures.mjs';

/** 3.9 MB of text in one event, in the pieces that a network makes of it. */
const SHAPE = { words: 650_000, pieceBytes: 1_460 };
const SUBJECT = 'Keystream';

/** @type {import('./case.mjs').Case} */
export const largeEvent = {
  name: 'large-event',
  title: 'one event of 3.9 MB from the provider, in pieces of 1,460 bytes',
  async run(bench) {
    const figures = new Figures(largeEvent.name);
    const keystream = await bench.keystream();
    const contestant = keystreamContestant(SUBJECT, keystream, await keystream.enrol(1));
    // What is compiled the first time is no part of it.
    await runLoad(contestant, { shape: { words: 200 }, streams: 20, concurrency: 1 });
    await bench.eachRound(async () => {
      await keystream.child.watch();
      const measured = await runLoad(contestant, { shape: SHAPE, streams: 1, concurrency: 1 });
      const { longestStallMs } = await keystream.child.report();
      figures.add({
        subject: SUBJECT,
        measure: 's of CPU',
        value: measured.processorMs / 1_000,
        goal: '< 0.3',
      });
      figures.add({ subject: SUBJECT, measure: 'ms, longest stall', value: longestStallMs, goal: '≤ 50' });
      figures.count(SUBJECT, 1, measured.failures);
    });
    await keystream.child.stop();
    return figures.rows();
  },
};
