import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';

/**
 * Stops the clock by which turns of the event loop are measured, for each test of a suite: on a machine that is busy with
 * other things they would be over before anything was done.
 *
 * @returns what lets milliseconds pass, as work would
 */
export function useStillClock(): (milliseconds: number) => void {
  let now: number;
  let clock: { mockRestore(): void };
  beforeEach(async () => {
    // What the test before has used of this turn is its own affair.
    await nextTurn();
    now = performance.now();
    clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => clock.mockRestore());
  return (milliseconds) => (now += milliseconds);
}
