import { Writable } from 'node:stream';
import { TurnCork } from './turn-cork.js';

/** A stream that notes what it is given with one call. */
function noted() {
  const calls: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      calls.push(chunk.toString());
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()).join(' '));
      done();
    },
  });
  const cork = new TurnCork(stream);
  const send = (text: string): void => {
    cork.hold();
    stream.write(text);
  };
  return { calls, send };
}

describe('TurnCork', () => {
  it('sends with one call what is written in one piece of work, before any later turn', async () => {
    const { calls, send } = noted();
    send('a');
    send('b');
    await Promise.resolve().then(() => send('c'));
    expect(calls.join(' ')).toBe(calls.length > 0 ? 'a b c' : '');
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(calls).toEqual(['a b c']);
  });

  it('collects again after that', async () => {
    const { calls, send } = noted();
    for (const text of ['a', 'b']) {
      send(text);
      await new Promise(setImmediate);
    }
    expect(calls).toEqual(['a', 'b']);
  });
});
