import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LateRecords } from './late-records.js';
import { newUseRecord, type UseRecord } from './use-record.js';

const recordOf = (chatId: string): UseRecord =>
  newUseRecord('alice', {
    event: { kind: 'CHAT_FINISHED', provider: 'OPENAI', keyId: null, chatId, outcome: 'OK' },
    key: null,
  });

describe('LateRecords', () => {
  let lines: [chatId: unknown, message: unknown][];
  let warnings: unknown[];
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    warnings = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown, message: unknown) => {
      lines.push([(line as { chatId: unknown }).chatId, message]);
    });
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warnings.push(line));
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Late records of a database that can be away; what it was asked for, and what it has. */
  function start() {
    const state = { isAway: true, isFaulty: (_chatId: string) => false };
    const asked: unknown[] = [];
    const written: unknown[] = [];
    const late = new LateRecords(({ event }) => {
      asked.push(event?.chatId);
      if (state.isAway || state.isFaulty(String(event?.chatId))) return Promise.reject(new Error('away'));
      written.push(event?.chatId);
      return Promise.resolve();
    });
    return { late, state, asked, written };
  }

  it('tries again every two seconds what could not be written, in its order, until it is', async () => {
    const { late, state, asked, written } = start();
    late.add(recordOf('a'));
    late.add(recordOf('b'));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
    state.isAway = false;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(['a', 'b']);
    const message = 'The end of a chat was written to the audit trail at last';
    expect(lines).toEqual([
      ['a', message],
      ['b', message],
    ]);
  });

  it('asks a database that is away for a batch of them only, and writes all of them when it is back', async () => {
    const { late, state, asked, written } = start();
    for (let number = 0; number < 250; number += 1) late.add(recordOf(String(number)));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(100);
    state.isAway = false;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(written).toHaveLength(250);
  });

  it('writes the others past those that are at fault', async () => {
    const { late, state, written } = start();
    state.isAway = false;
    state.isFaulty = (chatId) => chatId.startsWith('bad');
    for (let number = 0; number < 150; number += 1) late.add(recordOf(`bad ${String(number)}`));
    late.add(recordOf('a'));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(written).toEqual(['a']);
  });

  it('gives up after ten minutes: the log has it', async () => {
    const { late, asked } = start();
    late.add(recordOf('a'));
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(300);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps ten thousand, and says once that the log alone has the others', async () => {
    const { late, state, written } = start();
    for (let number = 0; number < 10_001; number += 1) late.add(recordOf(String(number)));
    expect(warnings).toEqual(['Too many ends wait for the audit trail: the log alone has this one']);
    state.isAway = false;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(written).toHaveLength(10_000);
    expect(written).not.toContain('10000');
  });

  it('tries a last time when the server stops', async () => {
    const { late, state, written } = start();
    late.add(recordOf('a'));
    state.isAway = false;
    await late.stop();
    expect(written).toEqual(['a']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
