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
  it('takes what waits in one piece, then what comes one by one, as it comes', () => {
    const log = logOf('a', 'b', 'c');
    const { watcher } = watch(log, 1);
    expect(watcher.take()).toMatchObject({ fromSeq: 2, seq: 3, text: 'bc' });
    expect(watcher.take()).toBeNull();
    const taken: unknown[] = [];
    watcher.whenReady(() => taken.push(watcher.take()));
    log.append(delta(4, 'd'));
    log.show(4);
    // Not in a later turn, nor even after a promise.
    expect(taken).toMatchObject([{ fromSeq: 4, seq: 4, text: 'd' }]);
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
      seen += (watcher.take() as { text: string }).text;
    }
    log.complete();
    for await (const event of watcher) seen += (event as { text: string }).text;
    expect(seen).toBe(written);
  });

  it('says how far it has come each time it asks for more', () => {
    const { watcher, cursors } = watch(logOf('a', 'b'));
    watcher.take();
    watcher.take();
    expect(cursors).toEqual([0, 2]);
  });

  it('is over with the end, once', () => {
    const log = logOf('a');
    log.complete();
    const { watcher, endings } = watch(log);
    watcher.take();
    expect([endings, watcher.isOver]).toEqual([[], false]);
    expect(watcher.take()).toBeNull();
    expect(watcher.isOver).toBe(true);
    watcher.leave();
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
      watcher.take();
      const over = new Promise<void>((resolve) => watcher.whenReady(resolve));
      if (isLost) connection.abort();
      watcher.leave();
      await over;
      log.append(delta(2, 'b'));
      log.show(2);
      expect([watcher.take(), watcher.isOver]).toEqual([null, true]);
      expect(endings).toEqual([ending]);
    },
  );

  it('fails with its feed, once, and makes no event of it: the run goes on', () => {
    const log = logOf('a');
    const failure = new ChatNotFoundError();
    let reads = 0;
    const feed: EventFeed = {
      read: (afterSeq) => {
        reads += 1;
        if (reads > 1) throw failure;
        return log.read(afterSeq);
      },
      wait: () => undefined,
      stopWaiting: () => undefined,
    };
    const { watcher, endings } = watch(feed);
    watcher.take();
    expect(() => watcher.take()).toThrow(failure);
    expect([watcher.take(), watcher.isOver]).toEqual([null, true]);
    watcher.leave();
    expect(endings).toEqual(['failed']);
  });

  it('shows a client that has left nothing of a feed that fails then', async () => {
    let fail = (): void => undefined;
    const { watcher, endings } = watch({
      read: () => new Promise((_, reject) => (fail = () => reject(new ChatNotFoundError()))),
      wait: () => undefined,
      stopWaiting: () => undefined,
    });
    expect(watcher.take()).toBeNull();
    watcher.leave();
    fail();
    await new Promise(setImmediate);
    expect(watcher.take()).toBeNull();
    expect(endings).toEqual(['unsubscribed']);
  });

  it('waits for a feed that is elsewhere, and again where that had nothing', async () => {
    const pages = [
      { events: [], isLast: false },
      { events: [delta(1, 'a')], isLast: false },
    ];
    let onMore = (): void => undefined;
    const { watcher } = watch({
      read: () => Promise.resolve(pages.shift()!),
      wait: (callBack) => (onMore = callBack),
      stopWaiting: () => undefined,
    });
    expect(watcher.take()).toBeNull();
    const asked = new Promise<void>((resolve) => watcher.whenReady(resolve));
    await new Promise(setImmediate);
    onMore();
    await asked;
    expect(watcher.take()).toBeNull();
    await new Promise<void>((resolve) => watcher.whenReady(resolve));
    expect(watcher.take()).toMatchObject({ text: 'a' });
  });
});
