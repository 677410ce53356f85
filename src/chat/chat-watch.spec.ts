import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ChatNotFoundError } from './chat.errors.js';
import type { ChatEvent } from './chat-event.js';
import { ChatWatch, type WatchEnding } from './chat-watch.js';
import type { EventFeed } from './event-feed.js';
import { RunLog } from './run-log.js';

const delta = (seq: number, text: string): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: 'chat',
  seq,
  fromSeq: seq,
  text,
});

function watch(feed: EventFeed, afterSeq = 0) {
  const connection = new AbortController();
  const endings: WatchEnding[] = [];
  const cursors: number[] = [];
  const watcher = new ChatWatch({
    chatId: 'chat',
    feed,
    afterSeq,
    connection: connection.signal,
    onPull: ({ cursor }) => void cursors.push(cursor),
    onEnd: (_, ending) => void endings.push(ending),
  });
  return { watcher, connection, endings, cursors };
}

function logOf(...texts: string[]): RunLog {
  const log = new RunLog();
  texts.forEach((text, index) => log.append(delta(index + 1, text)));
  log.show(texts.length);
  return log;
}

describe('ChatWatch', () => {
  it('takes what waits in one piece, then what comes one by one', async () => {
    const log = logOf('a', 'b', 'c');
    const { watcher } = watch(log, 1);
    expect(await watcher.next()).toMatchObject({ value: { fromSeq: 2, seq: 3, text: 'bc' } });
    const next = watcher.next();
    log.append(delta(4, 'd'));
    log.show(4);
    expect(await next).toMatchObject({ value: { fromSeq: 4, seq: 4, text: 'd' } });
  });

  it('gives every character once, whatever pace it is read at', async () => {
    const log = new RunLog();
    const { watcher } = watch(log);
    let written = '';
    let seen = '';
    for (let seq = 1; seq <= 500; seq += 1) {
      const text = String.fromCodePoint(97 + (seq % 26));
      written += text;
      log.append(delta(seq, text));
      log.show(seq);
      if (seq % 7 > 2) continue;
      const { value } = await watcher.next();
      seen += (value as { text: string }).text;
    }
    log.complete();
    for await (const event of watcher) seen += (event as { text: string }).text;
    expect(seen).toBe(written);
  });

  it('tells where it has come each time it asks for more', async () => {
    const { watcher, cursors } = watch(logOf('a', 'b'));
    await watcher.next();
    void watcher.next();
    expect(cursors).toEqual([0, 2]);
  });

  it('is over with the end, once', async () => {
    const log = logOf('a');
    log.complete();
    const { watcher, endings } = watch(log);
    await watcher.next();
    expect(endings).toEqual([]);
    expect(await watcher.next()).toEqual({ done: true, value: undefined });
    await watcher.return();
    expect(endings).toEqual(['finished']);
  });

  it.each([
    ['unsubscribed', false],
    ['disconnected', true],
  ])(
    'knows that its client has %s, also while it waits, and gives it nothing more',
    async (ending, isLost) => {
      const log = logOf('a');
      const { watcher, connection, endings } = watch(log);
      await watcher.next();
      const pending = watcher.next();
      if (isLost) connection.abort();
      await watcher.return();
      log.append(delta(2, 'b'));
      log.show(2);
      expect(await pending).toEqual({ done: true, value: undefined });
      expect(await watcher.next()).toEqual({ done: true, value: undefined });
      expect(endings).toEqual([ending]);
    },
  );

  it('writes a failure of our own to the log, which is what its watcher is told', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const failure = new TypeError('sentinel');
    const { watcher } = watch({ read: () => Promise.reject(failure), wait: () => Promise.resolve() });
    expect(await watcher.next()).toMatchObject({ value: { error: { code: 'INTERNAL_SERVER_ERROR' } } });
    expect(error).toHaveBeenCalledWith({ err: failure, chatId: 'chat' }, expect.any(String));
    error.mockRestore();
  });

  it('tells of a feed that fails in mid-stream with a last event', async () => {
    const log = logOf('a');
    let reads = 0;
    const feed: EventFeed = {
      read: (afterSeq) => {
        reads += 1;
        if (reads > 1) throw new ChatNotFoundError();
        return log.read(afterSeq);
      },
      wait: () => Promise.resolve(),
    };
    const { watcher, endings } = watch(feed);
    await watcher.next();
    expect(await watcher.next()).toMatchObject({
      value: { __typename: 'ChatFailed', seq: 2, error: { code: 'CHAT_NOT_FOUND' } },
    });
    expect(await watcher.next()).toEqual({ done: true, value: undefined });
    expect(endings).toEqual(['failed']);
  });
});
