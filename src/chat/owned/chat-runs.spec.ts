import { jest } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { ChatRuns } from './chat-runs.js';
import type { KeptRun } from './kept-run.js';
import type { RunStore } from '../shared/run-store.js';

describe('ChatRuns', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('offers Redis from time to time what it has refused, until the server stops', () => {
    const stop = (): void => undefined;
    const shared = { onControl: () => stop, onReady: () => stop } as unknown as RunStore;
    const runs = new ChatRuns({} as Config, shared);
    const publish = jest.fn(() => Promise.resolve());
    runs.onModuleInit();
    runs.add({ runKey: 'key', publish } as unknown as KeptRun);
    jest.advanceTimersByTime(10_000);
    expect(publish).toHaveBeenCalledTimes(2);
    runs.onApplicationShutdown();
    jest.advanceTimersByTime(10_000);
    expect(publish).toHaveBeenCalledTimes(2);
  });
});
