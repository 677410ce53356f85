import { CHAT_PROVIDERS } from '../machine/keystream.mjs';
import { runLoad } from '../load/run-load.mjs';
import { Figures } from '../report/figures.mjs';

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
    const contestants = (await bench.field()).flatMap(({ name, asking }) =>
      name === 'Keystream' && asking ? CHAT_PROVIDERS.map(asking) : [],
    );
    await bench.eachRound(async () => {
      for (const contestant of contestants) {
        const { microsecondsPerDelta, failures } = await runLoad(contestant, load);
        const { name: subject } = contestant;
        figures.add({ subject, measure: 'µs of CPU a delta', value: microsecondsPerDelta });
        figures.count(subject, load.streams, failures);
      }
    });
    return figures.rows();
  },
};
