import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { failureOf } from '../../../test/support/collect.js';
import { unkeptTrail } from '../../../test/support/trail.js';
import type { DatabaseService } from '../../prisma/database.service.js';
import { DatabaseUnavailableError } from '../../prisma/database-unavailable.error.js';
import type { Statement } from '../../prisma/statement.js';
import { newUseRecord, type UseRecord } from './use-record.js';
import type { UseVerdict } from './use-statement.js';
import { UseWriter } from './use-writer.js';
import { noWatch } from '../../../test/support/no-watch.js';

/** One statement that was sent: whose uses, and how it ends. */
interface Sent {
  readonly users: readonly string[];
  readonly isPatient: boolean;
  end(outcomes?: Readonly<Record<string, UseVerdict['outcome']>>): void;
  fail(error: Error): void;
}

const recordOf = (userId: string, keyId: string | null = null): UseRecord =>
  newUseRecord(userId, {
    event: null,
    key: keyId === null ? null : { keyId, type: 'USED', tokens: null, cost: null },
  });

Logger.overrideLogger(false);

describe('UseWriter', () => {
  let sent: Sent[];
  let expire: ((error: Error) => void)[];
  let writer: UseWriter;
  /** What each write came to, by the user. */
  let outcomes: Record<string, unknown>;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    sent = [];
    expire = [];
    outcomes = {};
    const run = (statement: Statement, [json]: readonly string[]) =>
      new Promise((resolve, reject) => {
        const users = (JSON.parse(json!) as { user_id: string }[]).map(({ user_id }) => user_id);
        sent.push({
          users,
          isPatient: statement.name.startsWith('write-in-turn'),
          end: (results = {}) =>
            resolve(users.map((user, place) => ({ place, outcome: results[user] ?? 'WRITTEN' }))),
          fail: reject,
        });
      });
    const withinLimit = <T>(operation: () => Promise<T>): Promise<T> =>
      Promise.race([operation(), new Promise<never>((_, reject) => expire.push(reject))]);
    writer = new UseWriter({ run, withinLimit } as unknown as DatabaseService, unkeptTrail, noWatch);
  });

  afterEach(() => jest.useRealTimers());

  const write = (...users: readonly string[]): void => {
    for (const user of users) writeRecord(recordOf(user));
  };
  const writeRecord = (record: UseRecord): void => {
    void writer.write(record).then(
      (outcome) => (outcomes[record.userId] = outcome),
      (error: unknown) => (outcomes[record.userId] = error),
    );
  };
  const usersSent = (): (readonly string[])[] => sent.map(({ users }) => users);
  /** Lets everything go on that can, now and when so many milliseconds have passed. */
  const settle = async (milliseconds = 10): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    jest.advanceTimersByTime(milliseconds);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };

  it('begins at once where nothing waits, with all that comes in the same turn', async () => {
    write('a');
    for (let step = 0; step < 10; step += 1) await Promise.resolve();
    write('b');
    expect(sent).toEqual([]);
    await nextTurn();
    expect(usersSent()).toEqual([['a', 'b']]);
    expect(outcomes).toEqual({});
    sent[0]!.end();
    await settle();
    expect(outcomes).toEqual({ a: 'WRITTEN', b: 'WRITTEN' });
  });

  it('writes what comes meanwhile together, when the batch before is done', async () => {
    write('a');
    await settle();
    write('b');
    await settle();
    write('c');
    await settle();
    expect(usersSent()).toEqual([['a']]);
    sent[0]!.end();
    await settle();
    expect(usersSent()).toEqual([['a'], ['b', 'c']]);
    expect(outcomes).toEqual({ a: 'WRITTEN' });
  });

  it.each([
    [20, 10],
    [3, 4],
  ])('gives a batch of %d its turn of %d ms, so that more come together', async (records, turnMs) => {
    write(...Array.from({ length: records }, (_, number) => String(number)));
    await settle(0);
    sent[0]!.end();
    write('next');
    await settle(turnMs - 1);
    write('last');
    expect(sent).toHaveLength(1);
    await settle(1);
    expect(usersSent()[1]).toEqual(['next', 'last']);
  });

  it('does not wait after one record, nor where a hundred wait already', async () => {
    write('first');
    await settle(0);
    write(...Array.from({ length: 200 }, (_, number) => String(number)));
    sent[0]!.end();
    await settle(0);
    sent[1]!.end();
    await settle(0);
    expect(sent.map(({ users }) => users.length)).toEqual([1, 100, 100]);
  });

  it('writes a hundred at a time', async () => {
    write(...Array.from({ length: 250 }, (_, number) => String(number)));
    for (let batch = 0; batch < 3; batch += 1) {
      await settle();
      sent[batch]!.end();
    }
    await settle();
    expect(sent.map(({ users }) => users.length)).toEqual([100, 100, 50]);
    expect(Object.keys(outcomes)).toHaveLength(250);
  });

  it('finds the one that is at fault, and writes the others', async () => {
    const fault = new Error('of one row');
    write('a', 'b', 'bad', 'd', 'e');
    for (let next = 0; ; next += 1) {
      await settle();
      const statement = sent[next];
      if (!statement) break;
      if (statement.users.includes('bad')) statement.fail(fault);
      else statement.end();
    }
    expect(outcomes).toEqual({ a: 'WRITTEN', b: 'WRITTEN', bad: fault, d: 'WRITTEN', e: 'WRITTEN' });
  });

  it('fails all of a batch where the database is away, and asks it once', async () => {
    const away = new DatabaseUnavailableError();
    write('a', 'b', 'c');
    await settle();
    sent[0]!.fail(away);
    await settle();
    expect(usersSent()).toEqual([['a', 'b', 'c']]);
    expect(outcomes).toEqual({ a: away, b: away, c: away });
  });

  it('does not write what its caller no longer waits for', async () => {
    write('a');
    await settle();
    write('b', 'c');
    const late = new DatabaseUnavailableError();
    expire[1]!(late);
    await settle();
    sent[0]!.end();
    await settle();
    expect(usersSent()).toEqual([['a'], ['c']]);
    expect(outcomes).toEqual({ a: 'WRITTEN', b: late });
  });

  it('refuses at once what comes when ten thousand wait, and takes more when they are written', async () => {
    write(...Array.from({ length: 10_000 }, (_, number) => String(number)));
    const refusal = failureOf(writer.write(recordOf('one too many')));
    expect(await refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    await settle();
    sent[0]!.end();
    await settle();
    write('next');
    await settle();
    expect(outcomes).not.toHaveProperty('next');
  });

  describe('where another transaction has the row of a key', () => {
    beforeEach(async () => {
      writeRecord(recordOf('a', 'locked'));
      write('b');
      await settle();
      sent[0]!.end({ a: 'LOCKED' });
      await settle();
    });

    it('waits for it in a statement of its own, and goes on with the others', async () => {
      expect(outcomes).toEqual({ b: 'WRITTEN' });
      expect(sent[1]).toMatchObject({ users: ['a'], isPatient: true });
      write('c');
      await settle();
      expect(sent[2]).toMatchObject({ users: ['c'], isPatient: false });
      sent[2]!.end();
      await settle();
      expect(outcomes).toEqual({ b: 'WRITTEN', c: 'WRITTEN' });
      sent[1]!.end({ a: 'KEY_GONE' });
      await settle();
      expect(outcomes).toMatchObject({ a: 'KEY_GONE' });
    });

    it('lets later uses of the key wait with it, in their order', async () => {
      writeRecord(recordOf('c', 'locked'));
      writeRecord(recordOf('d', 'locked'));
      writeRecord(recordOf('e', 'free'));
      await settle();
      expect(usersSent().slice(1)).toEqual([['a'], ['e']]);
      sent[1]!.end();
      await settle();
      expect(sent[3]).toMatchObject({ users: ['c', 'd'], isPatient: true });
      sent[3]!.end();
      await settle();
      writeRecord(recordOf('f', 'locked'));
      sent[2]!.end();
      await settle();
      expect(sent[4]).toMatchObject({ users: ['f'], isPatient: false });
    });

    it('waits for two keys at a time, whether they succeed or fail', async () => {
      for (const name of ['c', 'd']) writeRecord(recordOf(name, name));
      await settle();
      sent[2]!.end({ c: 'LOCKED', d: 'LOCKED' });
      await settle();
      expect(usersSent().slice(1)).toEqual([['a'], ['c', 'd'], ['c']]);
      sent[1]!.fail(new DatabaseUnavailableError());
      await settle();
      expect(usersSent().slice(4)).toEqual([['d']]);
      sent[3]!.end();
      sent[4]!.end();
      await settle();
      expect(outcomes).toMatchObject({ a: { code: 'SERVICE_UNAVAILABLE' }, c: 'WRITTEN', d: 'WRITTEN' });
      // And as many again later.
      for (const name of ['e', 'f']) writeRecord(recordOf(name, name));
      await settle();
      sent[5]!.end({ e: 'LOCKED', f: 'LOCKED' });
      await settle();
      expect(usersSent().slice(6)).toEqual([['e'], ['f']]);
    });
  });

  describe('what must not be lost', () => {
    it('is tried again after its caller has been answered: the same record', async () => {
      const record = recordOf('a');
      const failure = failureOf(writer.writeInTheEnd(record));
      await settle();
      sent[0]!.fail(new DatabaseUnavailableError());
      expect(await failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      const stopped = writer.beforeApplicationShutdown();
      await settle();
      expect(usersSent()).toEqual([['a'], ['a']]);
      sent[1]!.end();
      await stopped;
    });

    it('is not tried again where it was written, or refused', async () => {
      const written = writer.writeInTheEnd(recordOf('a'));
      await settle();
      sent[0]!.end({ a: 'KNOWN' });
      expect(await written).toBe('KNOWN');
      await writer.beforeApplicationShutdown();
      expect(sent).toHaveLength(1);
    });
  });
});
