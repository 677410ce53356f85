import { startStandIn, type StandIn, type StandInOptions } from '../../demo/stand-in/stand-in.mjs';

/** Gives each test of a suite a stand-in of its own: `const standIn = useStandIn();`, then `standIn().once(…)`. */
export function useStandIn(options: StandInOptions = { pace: 0 }): () => StandIn {
  let current: StandIn;
  beforeEach(async () => {
    current = await startStandIn(options);
  });
  afterEach(async () => {
    await current.stop();
  });
  return () => current;
}
