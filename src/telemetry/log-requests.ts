import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'nestjs-pino';

const HEALTH_ROUTES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/**
 * Logs every request but health checks: by method, route, status, duration and id. Never by its query string, headers
 * or body: in those stand query texts, variables and tokens, and in these, keys. Nor by its path: what is no address of
 * ours may be a key that was pasted there, so that only the route which was found is named.
 *
 * @param isSilent says of which requests nothing is to be logged
 */
export function logRequests(
  server: FastifyInstance,
  logger: Logger,
  isSilent: (request: FastifyRequest) => boolean,
): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (!HEALTH_ROUTES.has(request.routeOptions.url) && !isSilent(request))
      logRequest(logger, request, reply);
    done();
  });
}

/** Logs one request that was answered. */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  logger.log({
    msg: 'request completed',
    context: 'HTTP',
    requestId: request.id,
    method: request.method,
    path: request.routeOptions.url ?? '(unknown)',
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
  });
}
