import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { KeyUseService } from '../keys/key-use.service.js';
import { ChatReports } from './chat-reports.js';

Logger.overrideLogger(false);

const report = {
  attempt: { provider: 'OPENAI', model: 'model', keySource: 'USER', keyId: null, maskedKey: null },
  ending: { type: 'cancelled' },
  usage: null,
  timings: { keyResolutionMs: 1, timeToFirstTokenMs: null, totalMs: 2 },
} as const;

describe('ChatReports', () => {
  /** The ends that the log tells, by their chats. */
  let told: unknown[];
  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown, message: unknown) => {
      if (message === 'chat ended') told.push((line as { chatId: string }).chatId);
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Reports to a trail that can be away; what it was told, and what it has. */
  function start() {
    const state = { isAway: false };
    const asked: string[] = [];
    const written: string[] = [];
    const uses = {
      finish: (_: string, { chatId }: { chatId: string }) => {
        asked.push(chatId);
        if (state.isAway) return Promise.reject(new Error('away'));
        const isFirst = !written.includes(chatId);
        written.push(chatId);
        return Promise.resolve(isFirst);
      },
    } as unknown as KeyUseService;
    return { reports: new ChatReports(uses), state, asked, written };
  }

  it('writes an end down once', async () => {
    const { reports, asked, written } = start();
    await reports.write('alice', 'a', report);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual(['a']);
    expect(written).toEqual(['a']);
    expect(told).toEqual(['a']);
  });

  it('tells the log nothing of an end that another server knew of before', async () => {
    const { reports, written } = start();
    written.push('a');
    await reports.write('alice', 'a', report);
    expect(told).toEqual([]);
  });

  it('tries again what could not be written, in its order, until it is', async () => {
    const { reports, state, asked, written } = start();
    state.isAway = true;
    await reports.write('alice', 'a', report);
    await reports.write('alice', 'b', report);
    await jest.advanceTimersByTimeAsync(10_000);
    // A trail that is away is asked for one of them at a time.
    expect(asked.slice(2)).toEqual(['a', 'a', 'a', 'a', 'a']);
    expect(told).toEqual(['a', 'b']);
    state.isAway = false;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(written).toEqual(['a', 'b']);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(['a', 'b']);
    expect(told).toEqual(['a', 'b']);
  });

  it('gives up after ten minutes: the log has it', async () => {
    const { reports, state, asked } = start();
    state.isAway = true;
    await reports.write('alice', 'a', report);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(301);
  });

  it('tries a last time when the server stops', async () => {
    const { reports, state, written } = start();
    state.isAway = true;
    await reports.write('alice', 'a', report);
    state.isAway = false;
    await reports.beforeApplicationShutdown();
    expect(written).toEqual(['a']);
  });
});
