import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_PATH } from '../every-door/paths.js';

/** The ids of the requests that errors of operations belong to: Apollo formats an error without its request. */
const known = new WeakMap<object, string>();

/** Stands in answers for the id of a request that Apollo refused before it had an operation. */
const UNKNOWN = randomUUID();

export function rememberRequest(errors: readonly object[], requestId: string): void {
  for (const error of errors) known.set(error, requestId);
}

/** @param error as Apollo formats it */
export const requestIdOf = (error: unknown): string => known.get(error as object) ?? UNKNOWN;

/** Puts the ids of requests into the answers to those that Apollo refused before it had an operation. */
export function tellRequestIds(server: FastifyInstance): void {
  server.addHook<string>('onSend', (request, reply, body, done) => {
    const isRefused = reply.statusCode >= 400 && request.routeOptions.url === GRAPHQL_PATH;
    if (isRefused && typeof body === 'string') done(null, body.replace(UNKNOWN, request.id));
    else done();
  });
}
