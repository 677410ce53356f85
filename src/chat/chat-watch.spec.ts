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

  it('fails with its feed, once, and makes no event of it: the run goes on', async () => {
    const log = logOf('a');
    const failure = new ChatNotFoundError();
    let reads = 0;
    const feed: EventFeed = {
      read: (afterSeq) => {
        reads += 1;
        if (reads > 1) throw failure;
        return log.read(afterSeq);
      },
      wait: () => Promise.resolve(),
    };
    const { watcher, endings } = watch(feed);
    await watcher.next();
    await expect(watcher.next()).rejects.toBe(failure);
    expect(await watcher.next()).toEqual({ done: true, value: undefined });
    await watcher.return();
    expect(endings).toEqual(['failed']);
  });

  it('tells a client that has left nothing of a feed that fails then', async () => {
    let fail = (): void => undefined;
    const { watcher, endings } = watch({
      read: () => new Promise((_, reject) => (fail = () => reject(new ChatNotFoundError()))),
      wait: () => Promise.resolve(),
    });
    const pending = watcher.next();
    await watcher.return();
    fail();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(endings).toEqual(['unsubscribed']);
  });
});
