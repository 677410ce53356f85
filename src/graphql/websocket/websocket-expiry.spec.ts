import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { LONGEST_TIMER_MS } from '../../config/parsers.js';
import type { AccessScope } from '../../auth/access-scope.js';
import { OpenTokens } from '../../auth/open-tokens.js';
import { closeAtTokenEnd } from './websocket-expiry.js';
import type { ServerSocket } from './websocket-server-socket.js';

const DAY_MS = 24 * 60 * 60_000;

const openTokens = new OpenTokens();
const accessToken = { id: 'token-1', scopes: new Set<AccessScope>() };

function open(lifetimeMs: number, readyState = 1) {
  const close = jest.fn();
  const socket = Object.assign(new EventEmitter(), { close, readyState, OPEN: 1 });
  const user = { expiresAt: new Date(Date.now() + lifetimeMs), accessToken };
  closeAtTokenEnd(socket as unknown as ServerSocket, user, openTokens);
  return { socket, close };
}

describe('closeAtTokenEnd', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    openTokens.revoke('token-1');
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
    expect(openTokens.ids).toEqual([]);
    expect(close).not.toHaveBeenCalled();
  });

  it('closes with 4403 when the token is revoked, once', () => {
    const { close } = open(60_000);
    openTokens.revoke('token-2');
    expect(close).not.toHaveBeenCalled();
    openTokens.revoke('token-1');
    openTokens.revoke('token-1');
    jest.advanceTimersByTime(60_000);
    expect(close.mock.calls).toEqual([[4403, 'The token was revoked']]);
  });

  it.each(['closing', 'close'])('waits for nothing after %s', (event) => {
    open(60_000).socket.emit(event);
    expect(jest.getTimerCount()).toBe(0);
    expect(openTokens.ids).toEqual([]);
  });
});
