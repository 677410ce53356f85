import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the HTTP request under way, for Apollo's `formatError`, which is told of no request. */
export const requestScope = new AsyncLocalStorage<{ readonly requestId: string }>();
