import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DrainingError } from '../../common/lifecycle.js';
import { describeError } from '../../common/describe-error.js';
import type { KeyUseService } from '../../keys/key-use.service.js';
import { ChatReports } from './chat-reports.js';
import type { ChatReport } from '../run/chat-run.js';

const report: ChatReport = {
  attempt: { provider: 'OPENAI', model: 'model', keySource: 'USER', keyId: null, maskedKey: null },
  ending: { type: 'cancelled' },
  usage: null,
  timings: { keyResolutionMs: 1, timeToFirstTokenMs: null, totalMs: 2 },
};

describe('ChatReports', () => {
  let ends: unknown[];
  let reports: ChatReports;
  let errors: unknown[][];
  beforeEach(() => {
    ends = [];
    errors = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((...line: unknown[]) => void errors.push(line));
    const uses = { report: (...end: unknown[]) => Promise.resolve(ends.push(end)) };
    reports = new ChatReports(uses as unknown as KeyUseService);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, ChatReport['ending']]>([
    ['OK', { type: 'completed', finishReason: 'STOP' }],
    ['CANCELLED', { type: 'cancelled' }],
    ['SERVICE_UNAVAILABLE', { type: 'failed', description: describeError(new DrainingError()) }],
  ])('reports the end of a chat in the name of its last attempt: %s', async (outcome, ending) => {
    const usage = { inputTokens: 3, outputTokens: 4, reasoningTokens: null, cachedInputTokens: null };
    await reports.write('alice', 'chat', { ...report, ending, usage });
    const end = {
      kind: 'CHAT_FINISHED',
      provider: 'OPENAI',
      keyId: null,
      keySource: 'USER',
      chatId: 'chat',
      model: 'model',
      outcome,
      inputTokens: 3,
      outputTokens: 4,
      timeToFirstTokenMs: null,
      durationMs: 2,
    };
    expect(ends).toEqual([['alice', end]]);
    expect(errors).toEqual([]);
  });

  it('logs what ended it for a reason of our own', async () => {
    const unexpected = new Error('a bug');
    await reports.write('alice', 'chat', { ...report, unexpected });
    expect(errors).toEqual([[{ err: unexpected, chatId: 'chat' }, 'A chat failed for a reason of our own']]);
    expect(ends).toMatchObject([['alice', { inputTokens: null, outputTokens: null }]]);
  });
});
