import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { FinishedUse } from '../audit/finished-use.js';
import type { UseOutcome, UseRecord } from '../audit/writer/use-record.js';
import type { UseWriter } from '../audit/writer/use-writer.js';
import { DatabaseUnavailableError } from '../prisma/database-unavailable.error.js';
import type { AuditRepository } from '../audit/audit.repository.js';
import { KeyUseService } from './key-use.service.js';

const caller = { accessToken: null, network: null };
const end: FinishedUse = {
  kind: 'CHAT_FINISHED',
  provider: 'OPENAI',
  keyId: 'key',
  keySource: 'USER',
  chatId: 'chat',
  model: 'model',
  outcome: 'OK',
  inputTokens: 3,
  outputTokens: 4,
  cachedInputTokens: null,
  cacheWriteInputTokens: null,
  cost: null,
  timeToFirstTokenMs: 1,
  durationMs: 2,
};

describe('KeyUseService', () => {
  let records: UseRecord[];
  let lines: unknown[][];
  let errors: unknown[][];
  beforeEach(() => {
    records = [];
    lines = [];
    errors = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((...line: unknown[]) => void lines.push(line));
    jest.spyOn(Logger.prototype, 'error').mockImplementation((...line: unknown[]) => void errors.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  function usesWith(write: () => Promise<UseOutcome>): KeyUseService {
    const take = (record: UseRecord) => {
      records.push(record);
      return write();
    };
    return new KeyUseService(
      { write: take, writeInTheEnd: take } as unknown as UseWriter,
      { findTokenOf: () => Promise.resolve('token-1') } as unknown as AuditRepository,
    );
  }

  it('logs the end that it reports, once', async () => {
    await usesWith(() => Promise.resolve('WRITTEN')).report('alice', end, caller);
    expect(lines).toEqual([[expect.objectContaining({ userId: 'alice', chatId: 'chat' }), 'chat ended']]);
    expect(errors).toEqual([]);
  });

  it('logs the end of a search with its request', async () => {
    const search = { ...end, kind: 'SEARCH_FINISHED', chatId: null } as const;
    await usesWith(() => Promise.resolve('WRITTEN')).report('alice', search, caller, 'request-1');
    expect(lines).toEqual([[expect.objectContaining({ requestId: 'request-1' }), 'search ended']]);
  });

  it('does not log an end that another server knew of before', async () => {
    await usesWith(() => Promise.resolve('KNOWN')).report('alice', end, caller);
    expect([lines, errors]).toEqual([[], []]);
  });

  it.each([
    ['chat', 'CHAT_FINISHED'],
    ['search', 'SEARCH_FINISHED'],
  ] as const)(
    'logs an end that cannot be written, with its row, and does not throw: %s',
    async (what, kind) => {
      const failure = new DatabaseUnavailableError();
      const use = { ...end, kind };
      await usesWith(() => Promise.reject(failure)).report('alice', use, caller);
      expect(lines).toEqual([[expect.objectContaining({ userId: 'alice' }), `${what} ended`]]);
      expect(errors).toEqual([
        [
          { err: failure, userId: 'alice', use },
          `The end of a ${what} could not be written to the audit trail. It is tried again`,
        ],
      ]);
    },
  );

  it('says of an end whether it was the first', async () => {
    expect(await usesWith(() => Promise.resolve('WRITTEN')).finish('alice', end)).toBe(true);
    expect(await usesWith(() => Promise.resolve('KNOWN')).finish('alice', end)).toBe(false);
    expect(lines).toEqual([]);
  });

  it.each([
    ['OK', { health: 'VALID', reason: null }],
    ['KEY_REJECTED', { health: 'REJECTED', reason: 'The provider refused it.' }],
    ['KEY_EXHAUSTED', { health: 'EXHAUSTED', reason: 'Its quota or credit with the provider is spent.' }],
    [
      'PROVIDER_RATE_LIMITED',
      { health: 'RATE_LIMITED', reason: 'The provider limits how often it may be used.' },
    ],
    ['CANCELLED', null],
    ['PROVIDER_TIMEOUT', null],
  ])('learns of the health of a key from how its use ended: %s', async (outcome, verdict) => {
    await usesWith(() => Promise.resolve('WRITTEN')).finish('alice', { ...end, outcome });
    expect(records[0]?.key).toMatchObject({ keyId: 'key', type: 'ENDED', verdict });
    await usesWith(() => Promise.resolve('WRITTEN')).finish('alice', { ...end, outcome, keyId: null });
    expect(records[1]?.key).toBeNull();
  });

  it('names the token of a chat whose server is gone, and of a report its caller’s', async () => {
    const uses = usesWith(() => Promise.resolve('WRITTEN'));
    await uses.finish('alice', end);
    await uses.report('alice', end, { accessToken: { id: 'token-2', scopes: new Set() }, network: null });
    await uses.report('alice', end, caller);
    expect(records.map(({ event }) => event?.accessTokenId)).toEqual(['token-1', 'token-2', null]);
  });

  it('refuses the use of a key that is no longer ACTIVE', async () => {
    const use = {
      provider: 'OPENAI',
      source: 'USER',
      keyId: 'key',
      chatId: 'chat',
      model: 'model',
      tokens: null,
      cost: null,
      accessTokenId: null,
      network: null,
    } as const;
    const uses = usesWith(() => Promise.resolve('KEY_GONE'));
    await expect(uses.begin('alice', use)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(records[0]).toMatchObject({ userId: 'alice', key: { keyId: 'key', type: 'USED' } });
  });
});
