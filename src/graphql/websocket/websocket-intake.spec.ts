import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { useStillClock } from '../../../test/support/still-clock.js';
import { nextTurn } from '../../common/event-loop-turn.js';
import { type MessageHandler, WebSocketIntake } from './websocket-intake.js';

class FakeSocket extends EventEmitter {
  isPaused = false;
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
}

function newIntake(handle: MessageHandler) {
  const socket = new FakeSocket();
  const intake = new WebSocketIntake(socket as unknown as WebSocket, handle, (error) => {
    throw error;
  });
  const receive = (text: string) => socket.emit('message', Buffer.from(text));
  return { socket, intake, receive };
}

const pass = useStillClock();

describe('what comes in on many sockets in one turn of the event loop', () => {
  it('is handled in several, and a socket whose message waits is not read', async () => {
    const handled: string[] = [];
    const handle = (data: Buffer) => {
      handled.push(data.toString());
      pass(20);
      return undefined;
    };
    const [first, second] = [newIntake(handle), newIntake(handle)];
    first.receive('1');
    second.receive('2');
    expect(handled).toEqual(['1']);
    expect(second.socket.isPaused).toBe(true);
    while (handled.length < 2) await nextTurn();
    await nextTurn();
    expect(second.socket.isPaused).toBe(false);
  });
});

describe('a socket that is closing', () => {
  it('gives back what came before and was not handled, each message once', async () => {
    const handled: string[] = [];
    let finish = (): void => undefined;
    const { intake, receive } = newIntake((data) => {
      handled.push(data.toString());
      return new Promise<void>((resolve) => (finish = resolve));
    });
    for (const text of ['1', '2', '3']) receive(text);
    expect(intake.drain().map(String)).toEqual(['2', '3']);
    finish();
    await nextTurn();
    expect(handled).toEqual(['1']);
    expect(intake.drain()).toEqual([]);
  });
});
