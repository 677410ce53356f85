import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable, MethodNotAllowedException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { OpenTokens } from '../../auth/open-tokens.js';
import { noTimeLimit, type RequestContext } from '../../auth/request-context.js';
import { Lifecycle } from '../../common/lifecycle.js';
import { EventStream } from './event-stream.js';
import { GRAPHQL_PATH, STREAM_PATH } from '../every-door/paths.js';
import { checkHeaders, readRequest } from './event-stream-request.js';
import { parts, serverSentEvents, type StreamEncoding } from './stream-encoding.js';
import type { Turn } from '../every-door/operation-turns.js';
import { SubscriptionRelay } from '../every-door/subscription-relay.js';
import {
  type RunningSubscription,
  type SubscriptionRequest,
  Subscriptions,
  type UnmaskedResult,
} from '../every-door/subscriptions.js';
import { atTokenEnd } from '../every-door/token-end.js';

const METHOD = 'POST';

/** Where a stream was asked for, and how it is written. */
interface StreamPlace {
  readonly path: string;
  readonly encoding: StreamEncoding;
}

/**
 * Subscriptions for clients without a WebSocket: one request for each, answered by a stream of its events. Those of
 * graphql-sse have a path of their own; those of Apollo's multipart protocol ask where queries do. {@link HttpDoor} has
 * checked origin, drain and token before.
 */
@Injectable()
export class EventStreamDoor {
  readonly #streams = new Set<EventStream>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly subscriptions: Subscriptions,
    private readonly lifecycle: Lifecycle,
    private readonly openTokens: OpenTokens,
  ) {}

  /** Called before routes are registered, and after the hooks of {@link HttpDoor}. */
  install(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('preHandler', async (request, reply) => {
      if (request.asksForParts) await this.open(request, reply, { path: GRAPHQL_PATH, encoding: parts });
    });
    server.route({
      method: METHOD,
      url: STREAM_PATH,
      onRequest: (request, _, done) => {
        getUser(request);
        checkHeaders(request.headers);
        done();
      },
      handler: (request, reply) =>
        this.open(request, reply, { path: STREAM_PATH, encoding: serverSentEvents }),
    });
    // GET: an address with a query in it is kept by proxies, and EventSource, which needs one, sends no token.
    // PUT and DELETE: reservations of the single connection mode would live in one process of several.
    server.route({
      method: ['GET', 'PUT', 'DELETE', 'PATCH'],
      url: STREAM_PATH,
      onRequest: refuseMethod,
      handler: refuseMethod,
    });
  }

  /** How many streams there are. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Ends every stream so that its client asks again. They have had their time. */
  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.close()));
  }

  /** Cuts what streams are left. */
  terminate(): void {
    for (const stream of this.#streams) stream.terminate();
  }

  private async open(
    request: FastifyRequest,
    reply: FastifyReply,
    { path, encoding }: StreamPlace,
  ): Promise<void> {
    const user = getUser(request);
    // The token may have been revoked while the body came.
    request.ending?.signal.throwIfAborted();
    const operation = readRequest(request.body);
    // The body may have come slowly.
    this.lifecycle.throwIfDraining();
    reply.hijack();
    const headers = reply.getHeaders() as OutgoingHttpHeaders;
    const stream = new EventStream(request.raw, reply.raw, headers, encoding);
    this.#streams.add(stream);
    const stopWaiting = atTokenEnd(user, this.openTokens, () => void stream.close());
    void stream.closed.then(() => {
      this.#streams.delete(stream);
      stopWaiting();
    });
    await this.serve(stream, operation, path, request.turn, {
      requestId: request.id,
      user,
      signal: stream.signal,
      liftTimeLimit: noTimeLimit,
      // Not the request's id, which clients choose.
      connectionId: randomUUID(),
      operationId: null,
    });
  }

  private async serve(
    stream: EventStream,
    operation: SubscriptionRequest,
    path: string,
    turn: Turn | null,
    context: RequestContext,
  ): Promise<void> {
    if (stream.signal.aborted) return;
    const end = (result: UnmaskedResult): void => {
      void stream.next(JSON.stringify(this.subscriptions.show(result, context.requestId)));
      stream.complete();
    };
    // Masking an error logs it, also where the client has left.
    const fail = (error: unknown): void => end({ errors: [error] });
    try {
      const prepared = this.subscriptions.prepare(operation, context, `at ${path}`);
      if (!('schema' in prepared)) {
        end({ errors: prepared });
        return;
      }
      const started = await this.subscriptions.run(prepared);
      if ('source' in started) relay(started, stream, fail);
      else end(started);
    } catch (error) {
      fail(error);
    } finally {
      turn?.release();
    }
  }
}

function relay(subscription: RunningSubscription, stream: EventStream, fail: (error: unknown) => void): void {
  const results = new SubscriptionRelay(subscription, {
    next: (result) => stream.next(result),
    complete: () => stream.complete(),
    fail,
  });
  const { signal } = stream;
  if (signal.aborted) {
    results.stop();
    return;
  }
  // Leaving ends the source at once, also while it is silent.
  signal.addEventListener('abort', () => results.stop(), { once: true });
  results.start();
}

/** @throws UnauthenticatedError UNAUTHENTICATED: here nothing is open to all */
function getUser({ user }: FastifyRequest): AuthenticatedUser {
  if (!user) throw new UnauthenticatedError();
  return user;
}

function refuseMethod(_: FastifyRequest, reply: FastifyReply): never {
  void reply.header('allow', METHOD);
  throw new MethodNotAllowedException();
}
