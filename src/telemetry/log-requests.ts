import type { FastifyInstance } from 'fastify';
import type { Logger } from 'nestjs-pino';

const HEALTH_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Logs every request but health checks: by method, path, status, duration and id. Never by its query string, headers
 * or body: in those stand query texts, variables and tokens, and in these, keys.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (!HEALTH_PATHS.has(path)) {
      logger.log({
        msg: 'request completed',
        context: 'HTTP',
        requestId: request.id,
        method: request.method,
        path,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
      });
    }
    done();
  });
}
