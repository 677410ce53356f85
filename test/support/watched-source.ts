import type { ExecutionResult } from 'graphql';
import { jest } from '@jest/globals';
import type { RequestContext } from '../../src/auth/request-context.js';
import { Subscriptions } from '../../src/graphql/subscriptions.js';
import type { TestServer } from './test-server.js';

/** What every watched source says before it falls silent. */
export const FIRST_RESULT = { data: { seq: 1 } };

/**
 * Puts sources that say one thing in the place of resolvers', until mocks are restored. `abortedAtReturn` tells whether
 * the signal of the first that is told to end was aborted by then.
 */
export function watchSources(server: TestServer) {
  const contexts: RequestContext[] = [];
  let onReturn = (_: boolean): void => undefined;
  const abortedAtReturn = new Promise<boolean>((resolve) => (onReturn = resolve));
  jest.spyOn(server.app.get(Subscriptions), 'run').mockImplementation(({ contextValue }) => {
    const context = contextValue as RequestContext;
    contexts.push(context);
    return Promise.resolve(sourceOf(() => onReturn(context.signal.aborted)));
  });
  return { contexts, abortedAtReturn };
}

function sourceOf(onReturn: () => void): AsyncGenerator<ExecutionResult, void, void> {
  let end = (): void => undefined;
  const ended = new Promise<IteratorResult<ExecutionResult, void>>((resolve) => {
    end = () => resolve({ done: true, value: undefined });
  });
  let isFirst = true;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => {
      if (!isFirst) return ended;
      isFirst = false;
      return Promise.resolve({ done: false, value: FIRST_RESULT });
    },
    return: () => {
      onReturn();
      end();
      return ended;
    },
    throw: () => ended,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
