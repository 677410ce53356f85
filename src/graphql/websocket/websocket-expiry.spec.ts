import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { LONGEST_TIMER_MS } from '../../config/parsers.js';
import { closeAtExpiry } from './websocket-expiry.js';
import type { ServerSocket } from './websocket-server-socket.js';

const DAY_MS = 24 * 60 * 60_000;

function open(lifetimeMs: number, readyState = 1) {
  const close = jest.fn();
  const socket = Object.assign(new EventEmitter(), { close, readyState, OPEN: 1 });
  closeAtExpiry(socket as unknown as ServerSocket, new Date(Date.now() + lifetimeMs));
  return { socket, close };
}

describe('closeAtExpiry', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('closes with 4403 when the token ends, and not before', () => {
    const { close } = open(60_000);
    jest.advanceTimersByTime(59_999);
    expect(close).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(close.mock.calls).toEqual([[4403, 'The token has expired']]);
  });

  it('waits for a token that ends later than a timer can wait', () => {
    const { close } = open(60 * DAY_MS);
    jest.advanceTimersByTime(LONGEST_TIMER_MS + 1);
    expect(close).not.toHaveBeenCalled();
    jest.advanceTimersByTime(60 * DAY_MS - LONGEST_TIMER_MS);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('closes at once where it has ended already', () => {
    expect(open(0).close).toHaveBeenCalledTimes(1);
  });

  it('starts no timer for a client that has left while its token was checked', () => {
    const { close } = open(60_000, 3);
    expect(jest.getTimerCount()).toBe(0);
    expect(close).not.toHaveBeenCalled();
  });

  it.each(['closing', 'close'])('leaves no timer after %s', (event) => {
    open(60_000).socket.emit(event);
    expect(jest.getTimerCount()).toBe(0);
  });
});
