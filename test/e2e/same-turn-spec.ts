import { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { UpstreamExchange } from '../../src/outbound/upstream-exchange.js';
import { doors } from '../support/doors.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { useStillClock } from '../support/still-clock.js';
import { useTestServer } from '../support/use-test-server.js';

/** Counts the turns of the event loop, until it is stopped. */
function countTurns() {
  let turn = 0;
  let next: NodeJS.Immediate;
  const count = (): void => {
    turn += 1;
    next = setImmediate(count);
  };
  count();
  return { now: () => turn, stop: () => clearImmediate(next) };
}

/** Looks at each call of a method before it is made. */
function noteCalls(prototype: object, name: string, look: (args: readonly unknown[]) => void): void {
  const method = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  jest.spyOn(prototype as Record<string, () => unknown>, name).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    look(args);
    return method.apply(this, args);
  });
}

const DELTAS = ['rhubarb', 'quince', 'medlar', 'sloe'];

describe('a delta', () => {
  const server = useTestServer();
  useStillClock();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(doors)('leaves over $name in the turn of the event loop in which it came', async (door) => {
    await server().storeKey('alice', 'OPENAI', 'sk-key-of-alice-0123456789');
    const turns = countTurns();
    const came = new Map<string, number>();
    const left = new Map<string, number>();
    const note = (where: Map<string, number>, bytes: string): void => {
      for (const delta of DELTAS)
        if (bytes.includes(`"${delta}"`) && !where.has(delta)) where.set(delta, turns.now());
    };
    noteCalls(UpstreamExchange.prototype, 'onResponseData', ([, chunk]) => {
      note(came, Buffer.from(chunk as Uint8Array).toString());
    });
    // The stand-in writes from this process, too: only what has come can leave.
    noteCalls(Socket.prototype, '_write', ([chunk]) => {
      if (came.size > left.size) note(left, String(chunk));
    });
    noteCalls(Socket.prototype, '_writev', ([chunks]) => {
      if (came.size > left.size)
        for (const { chunk } of chunks as { chunk: unknown }[]) note(left, String(chunk));
    });
    const chat = new ScriptedChat(server().standIn);
    const events = server().chatEvents('alice', { provider: 'OPENAI' }, door);
    for (const delta of DELTAS) {
      await chat.say(delta);
      while (!left.has(delta)) await new Promise(setImmediate);
    }
    await chat.end();
    await events;
    turns.stop();
    expect([...left]).toEqual([...came]);
  });
});
