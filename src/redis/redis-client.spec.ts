import { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import { gatherWrites } from './redis-client.js';

describe('commands of one turn of the event loop', () => {
  it('are sent with one call, after the sockets were read and before the next turn', async () => {
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
    const redis = { stream } as unknown as Redis;
    const send = (text: string): void => {
      gatherWrites(redis);
      stream.write(text);
    };
    send('a');
    await Promise.resolve().then(() => send('b'));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    send('c');
    expect(calls).toEqual([]);
    await new Promise(setImmediate);
    expect(calls).toEqual(['a b c']);
    send('d');
    await new Promise(setImmediate);
    expect(calls).toEqual(['a b c', 'd']);
  });
});
