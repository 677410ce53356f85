import { jest } from '@jest/globals';
import type { RequestContext } from '../../src/auth/request-context.js';
import type { EventSource } from '../../src/common/event-source.js';
import { Subscriptions } from '../../src/graphql/every-door/subscriptions.js';
import type { TestServer } from './test-server.js';

/** What every watched source says before it falls silent. */
export const FIRST_RESULT = { data: { seq: 1 } };

/**
 * Puts sources that say one thing in the place of resolvers', until mocks are restored. `abortedAtReturn` is whether
 * the signal of the first that is left was aborted by then.
 */
export function watchSources(server: TestServer) {
  const contexts: RequestContext[] = [];
  let onLeave = (_: boolean): void => undefined;
  const abortedAtReturn = new Promise<boolean>((resolve) => (onLeave = resolve));
  jest.spyOn(server.app.get(Subscriptions), 'run').mockImplementation(({ contextValue }) => {
    const context = contextValue as RequestContext;
    contexts.push(context);
    const source = sourceOf([FIRST_RESULT], () => onLeave(context.signal.aborted));
    return Promise.resolve({ source, toText: (event: object) => JSON.stringify(event) });
  });
  return { contexts, abortedAtReturn };
}

/** Gives these events at once, then none, until its consumer leaves. */
export function sourceOf(
  events: readonly object[],
  onLeave: () => void = () => undefined,
): EventSource<object> {
  const waiting = [...events];
  let onReady = (): void => undefined;
  let isOver = false;
  return {
    take: () => waiting.shift() ?? null,
    get isOver() {
      return isOver;
    },
    whenReady: (callBack) => (onReady = callBack),
    leave: () => {
      if (isOver) return;
      isOver = true;
      onLeave();
      onReady();
    },
  };
}
