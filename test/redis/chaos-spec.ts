import { jest } from '@jest/globals';
import { runChaos } from '../chaos/chaos.js';
import type { RoundReport } from '../chaos/chaos-round.js';
import { type Incident, incidents } from '../chaos/incident.js';

/** By hand, `npm run chaos` says with which seed, and for how long. */
const { CHAOS_SEED: seed = '20261125', CHAOS_MINUTES: minutes = '0' } = process.env;
const durationMs = Number(minutes) * 60_000;
jest.setTimeout(durationMs + 180_000);

describe('50 chats at once on two servers', () => {
  if (durationMs > 0) {
    it(`survive whatever happens for ${minutes} minutes`, async () => {
      const deadline = performance.now() + durationMs;
      await run(null, () => performance.now() < deadline);
    });
  } else {
    it('reach their clients whole, and end once, while one of the servers is killed', async () => {
      const { counts } = await run('is killed', () => false);
      expect(counts.incidents).toEqual({ 'is killed': 1 });
    });
  }
});

async function run(incident: Incident | null, goesOn: () => boolean): Promise<RoundReport> {
  const report = await runChaos({
    seed,
    chats: 50,
    incidentOf: (random) => incident ?? random.pick(incidents),
    goesOn: (round) => {
      print(round);
      return goesOn();
    },
  });
  if (report.failures.length > 0) throw new Error(report.failures.join('\n\n'));
  return report;
}

function print({ seed: name, durationMs: took, counts }: RoundReport): void {
  process.stdout.write(`Round ${name}, ${(took / 1000).toFixed(1)} s: ${JSON.stringify(counts)}\n`);
}
