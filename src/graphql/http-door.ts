import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../auth/authenticator.js';
import { AppError } from '../common/app-error.js';
import { Lifecycle } from '../common/lifecycle.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { RequestContext } from '../auth/request-context.js';
import { ClientLeftError } from './client-left.error.js';
import { ErrorMask } from './error-mask.js';
import { STREAM_PATH } from './event-stream-request.js';
import { ForbiddenOriginError, Origins } from './origins.js';
import { requestScope } from './request-scope.js';

declare module 'fastify' {
  interface FastifyRequest {
    user: AuthenticatedUser | null;
  }
}

/** Apollo's, and that of streams. */
const PATHS: ReadonlySet<string | undefined> = new Set(['/graphql', STREAM_PATH]);

/** What a request over HTTP passes before anybody sees it: origin, drain, token. */
@Injectable()
export class HttpDoor {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly origins: Origins,
    private readonly lifecycle: Lifecycle,
    private readonly mask: ErrorMask,
  ) {}

  /** Called before routes are registered: hooks of a later time do not reach them. */
  install(server: FastifyInstance): void {
    server.decorateRequest('user', null);
    server.addHook('onRequest', async (request, reply) => {
      if (isGraphQL(request)) await this.admit(request, reply);
    });
    // Here and not earlier: reading the body leaves the scope.
    server.addHook('preHandler', (request, _, done) => requestScope.run({ requestId: request.id }, done));
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    try {
      if (!this.origins.allows(request.raw)) throw new ForbiddenOriginError();
      this.lifecycle.throwIfDraining();
      request.user = await this.authenticator.authenticate(request.headers.authorization, request.raw);
    } catch (error) {
      const status = error instanceof AppError ? (error.httpStatus ?? 400) : 500;
      void reply.code(status).send({ errors: [this.mask.format(error, request.id)] });
    }
  }
}

/** By the route that was found, not by the address: `/%67raphql` leads there, too. */
const isGraphQL = ({ routeOptions }: FastifyRequest): boolean => PATHS.has(routeOptions.url);

/** GraphQL's context for one HTTP request. Its signal aborts when the client leaves before it is answered. */
export function toContext(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new ClientLeftError());
  });
  const { id: requestId, user } = request;
  return { requestId, user, signal: controller.signal, connectionId: null, operationId: null };
}
