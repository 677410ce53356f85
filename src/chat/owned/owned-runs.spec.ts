import { jest } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { OwnedRuns } from './owned-runs.js';
import type { OwnedRun } from './owned-run.js';
import type { RunStore } from '../shared/run-store.js';

describe('OwnedRuns', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('writes again from time to time what Redis has refused, until the server stops', () => {
    const stop = (): void => undefined;
    const shared = { onControl: () => stop, onReady: () => stop } as unknown as RunStore;
    const runs = new OwnedRuns({} as Config, shared);
    const publish = jest.fn(() => Promise.resolve());
    runs.onModuleInit();
    runs.add({ runKey: 'key', publish } as unknown as OwnedRun);
    jest.advanceTimersByTime(10_000);
    expect(publish).toHaveBeenCalledTimes(2);
    runs.onApplicationShutdown();
    jest.advanceTimersByTime(10_000);
    expect(publish).toHaveBeenCalledTimes(2);
  });
});
