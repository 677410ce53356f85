import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { requireAccess } from '../../auth/access.decorator.js';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import { Authenticator } from '../../auth/authenticator.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { OpenTokens } from '../../auth/open-tokens.js';
import { noTimeLimit, type RequestContext } from '../../auth/request-context.js';
import { Lifecycle } from '../../common/lifecycle.js';
import { Config } from '../../config/config.js';
import { acceptsParts } from '../every-door/accepts-parts.js';
import { ClientLeftError } from '../every-door/client-left.error.js';
import { Documents } from '../every-door/documents.js';
import { ErrorMask } from '../every-door/error-mask.js';
import { answerTo } from '../every-door/error-answer.js';
import { GRAPHQL_PATH } from '../every-door/paths.js';
import { accessOf } from '../every-door/routes.js';
import { checkNesting, isSubscription, operationIn } from './http-document.js';
import { isOpen, MAX_OPEN_BODY_BYTES, mayBeOpen } from './open-documents.js';
import { beginOperation, type TimeLimit } from './operation-life.js';
import { OperationTurns, type Turn } from '../every-door/operation-turns.js';
import { ForbiddenOriginError, Origins } from '../every-door/origins.js';
import { PersistedOperations } from '../every-door/persisted-operations.js';
import { tellRequestIds } from './request-ids.js';
import { answerUnread } from './unread-body.js';

declare module 'fastify' {
  interface FastifyRequest {
    user: AuthenticatedUser | null;
    /** Aborted when the client leaves before it is answered, and when that takes too long; null until it is asked for. */
    ending: AbortController | null;
    turn: Turn | null;
    /** Null until an operation is read that has one. */
    timeLimit: TimeLimit | null;
    /** It is a subscription, whose results its client takes as parts of one answer. */
    asksForParts: boolean;
  }
}

/**
 * How long a query or mutation may take, in milliseconds, from when it is to be read: not while its request is sent, or
 * waits for its user's turn. It is longer than the waits for the database and for a server that is busy take together.
 */
const OPERATION_TIMEOUT_MS = 30_000;

/** The user id for the turns of requests without a token. */
const ANONYMOUS = '';

/**
 * What a request over HTTP passes first: origin, drain, token, its user's turn; then the document, for Apollo.
 *
 * Its body is not read before the token is checked, except where it may be a query that needs no token.
 */
@Injectable()
export class HttpDoor {
  readonly operationTimeoutMs: number = OPERATION_TIMEOUT_MS;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly origins: Origins,
    private readonly lifecycle: Lifecycle,
    private readonly documents: Documents,
    private readonly persisted: PersistedOperations,
    private readonly turns: OperationTurns,
    private readonly mask: ErrorMask,
    private readonly config: Config,
    private readonly openTokens: OpenTokens,
  ) {}

  /** Called before routes are registered: hooks of a later time do not reach them. */
  install(server: FastifyInstance): void {
    server.decorateRequest('user', null);
    server.decorateRequest('ending', null);
    server.decorateRequest('turn', null);
    server.decorateRequest('timeLimit', null);
    server.decorateRequest('asksForParts', false);
    server.decorateRequest('document', null);
    server.decorateRequest('listedText', null);
    server.addHook('onRequest', async (request, reply) => {
      if (isGuarded(request)) await this.guard(request, reply, () => this.admit(request, reply));
    });
    server.addHook('preHandler', async (request, reply) => {
      if (request.routeOptions.url === GRAPHQL_PATH)
        await this.guard(request, reply, () => this.read(request, reply));
    });
    tellRequestIds(server);
  }

  private async guard(
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<void> | void,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Counted here, too: not every answer passes the hook that counts.
      if (error instanceof UnauthenticatedError) this.authenticator.countFailure(request.raw);
      answerUnread(reply, answerTo(error, this.mask, request));
    }
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // Before anything takes its time: a response says once that it is closed.
    request.ending = abortedByLeaving(reply);
    void reply.header('cache-control', 'no-store');
    if (!this.origins.allows(request.raw)) throw new ForbiddenOriginError();
    this.lifecycle.throwIfDraining();
    request.user = await this.authenticator.authenticate(request.headers.authorization, request.raw);
    const access = accessOf(request.routeOptions.url);
    if (!request.user && !(access === 'FIELDS' && hasShortBody(request))) throw new UnauthenticatedError();
    // A user's body waits for its turn unread. Clients without a token share one line of turns, and one of them that
    // sends a short body for minutes must not hold up the others.
    if (!request.user) return;
    if (access !== 'FIELDS' && access !== 'OPEN') requireAccess(request.user, access);
    this.endWithToken(request, reply, request.user);
    await this.takeTurn(request, reply, request.user.userId);
  }

  /** Nothing that was begun with an access token goes on when that is revoked. */
  private endWithToken(
    request: FastifyRequest,
    reply: FastifyReply,
    { accessToken }: AuthenticatedUser,
  ): void {
    // Who has left meanwhile leaves nothing to end.
    if (accessToken === null || request.ending?.signal.aborted) return;
    const end = (): void => request.ending?.abort(new UnauthenticatedError());
    reply.raw.once('close', this.openTokens.watch(accessToken.id, end));
  }

  private async takeTurn(request: FastifyRequest, reply: FastifyReply, userId: string): Promise<void> {
    const { ending } = request;
    const turn = ending && (await this.turns.take(userId, ending.signal));
    if (!turn) {
      ending?.signal.throwIfAborted();
      throw new ClientLeftError();
    }
    request.turn = turn;
    reply.raw.once('close', () => turn.release());
  }

  /** Reads the document, so that Apollo finds it read; what is wrong with it is answered here. */
  private async read(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { user } = request;
    // While its body came, or waited to be parsed.
    request.ending?.signal.throwIfAborted();
    checkNesting(request);
    const operation = operationIn(request);
    const { query } = operation;
    if (!user && query === null && request.method === 'GET') return;
    const introspection = !this.config.general.production;
    if (!user && !(query !== null && mayBeOpen(query, { introspection }))) throw new UnauthenticatedError();
    if (!user) await this.takeTurn(request, reply, ANONYMOUS);
    const listed = user ? this.persisted.find(operation) : null;
    // What is wrong with such a request Apollo says, and to a browser it shows a page.
    if (!listed && query === null) return;
    const beganAt = performance.now();
    const read = listed?.document ?? this.documents.read(query ?? '');
    if (user && acceptsParts(request.headers.accept) && isSubscription(read, request)) {
      request.asksForParts = true;
      return;
    }
    // What is no subscription has no parts: Apollo would look for them only after it has run.
    if (acceptsParts(request.headers.accept)) request.headers.accept = 'application/json';
    request.timeLimit = beginOperation(request, reply, { timeoutMs: this.operationTimeoutMs, beganAt });
    if (!user && !('kind' in read && isOpen(read))) throw new UnauthenticatedError();
    if (!user) this.persisted.find(operation);
    request.listedText = listed?.text ?? null;
    if ('kind' in read) request.document = read;
    else void reply.code(400).send({ errors: read.map((error) => this.mask.format(error, request.id)) });
  }
}

/** By the route that was found, not by the address: `/%67raphql` leads there, too. */
const isGuarded = ({ routeOptions }: FastifyRequest): boolean => accessOf(routeOptions.url) !== 'OPEN';

/** Whether a request says that its body is no longer than a query that needs no token. */
const hasShortBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= MAX_OPEN_BODY_BYTES;

function abortedByLeaving(reply: FastifyReply): AbortController {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new ClientLeftError());
  });
  return controller;
}

/** GraphQL's context of a request over HTTP, with what it asks to run for Apollo. */
export interface HttpContext extends RequestContext {
  readonly document: DocumentNode | null;
  readonly listedText: string | null;
}

/** Its signal aborts when the client leaves before it is answered, and when that takes too long. */
export function toContext(
  { id: requestId, user, ending, timeLimit, document, listedText }: FastifyRequest,
  reply: FastifyReply,
): HttpContext {
  const { signal } = ending ?? abortedByLeaving(reply);
  const liftTimeLimit = () => timeLimit?.lift() ?? noTimeLimit();
  const place = { connectionId: null, operationId: null };
  return { requestId, user, signal, liftTimeLimit, ...place, document, listedText };
}
