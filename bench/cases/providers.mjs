import { keystreamContestant } from '../load/contestant.mjs';
import { runLoad } from '../load/run-load.mjs';
import { Figures } from '../report/figures.mjs';

const USERS = 20;
const PROVIDERS = ['OPENAI', 'ANTHROPIC', 'GOOGLE'];
const LOAD = { shape: { words: 200 }, streams: 200, concurrency: 20, warm: 40 };
const SMOKE = { shape: { words: 200 }, streams: 8, concurrency: 4 };

/** @type {import('./case.mjs').Case} */
export const providers = {
  name: 'providers',
  title: '200 deltas at once, 20 streams at a time, by the provider that they come from',
  inSmoke: true,
  async run(bench) {
    const figures = new Figures(providers.name);
    const load = bench.settings.size === 'smoke' ? SMOKE : LOAD;
    const keystream = await bench.keystream();
    const tokens = await keystream.enrol(USERS, PROVIDERS);
    await bench.eachRound(async () => {
      for (const provider of PROVIDERS) {
        const subject = `Keystream, ${provider}`;
        const { microsecondsPerDelta, failures } = await runLoad(
          keystreamContestant(subject, keystream, tokens, provider),
          load,
        );
        figures.add({ subject, measure: 'µs of CPU a delta', value: microsecondsPerDelta });
        figures.count(subject, load.streams, failures);
      }
    });
    await keystream.child.stop();
    return figures.rows();
  },
};
