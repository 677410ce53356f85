import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable, MethodNotAllowedException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { RequestContext } from '../auth/request-context.js';
import { Lifecycle } from '../common/lifecycle.js';
import { EventStream } from './event-stream.js';
import { checkHeaders, readRequest, STREAM_PATH } from './event-stream-request.js';
import type { Turn } from './operation-turns.js';
import {
  type ResultStream,
  type SubscriptionRequest,
  Subscriptions,
  type UnmaskedResult,
} from './subscriptions.js';
import { atExpiry } from './token-expiry.js';

const METHOD = 'POST';

/**
 * Subscriptions for clients behind proxies that let no WebSocket through: one request for each, answered by an event
 * stream. {@link HttpDoor} has checked origin, drain and token before.
 */
@Injectable()
export class EventStreamDoor {
  readonly #streams = new Set<EventStream>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly subscriptions: Subscriptions,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Called before the server listens. */
  install(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.route({
      method: METHOD,
      url: STREAM_PATH,
      onRequest: (request, _, done) => {
        getUser(request);
        checkHeaders(request.headers);
        done();
      },
      handler: (request, reply) => this.open(request, reply),
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

  /** Ends every stream so that its client asks again. They have had their time. */
  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.close()));
  }

  /** Cuts what streams are left. */
  terminate(): void {
    for (const stream of this.#streams) stream.terminate();
  }

  private async open(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const user = getUser(request);
    const operation = readRequest(request.body);
    // The body may have come slowly.
    this.lifecycle.throwIfDraining();
    reply.hijack();
    const stream = new EventStream(request.raw, reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
    this.#streams.add(stream);
    const stopWaiting = atExpiry(user.expiresAt, () => void stream.close());
    void stream.closed.then(() => {
      this.#streams.delete(stream);
      stopWaiting();
    });
    await this.serve(stream, operation, request.turn, {
      requestId: request.id,
      user,
      signal: stream.signal,
      // Not the request's id, which clients choose.
      connectionId: randomUUID(),
      operationId: null,
    });
  }

  private async serve(
    stream: EventStream,
    operation: SubscriptionRequest,
    turn: Turn | null,
    context: RequestContext,
  ): Promise<void> {
    if (stream.signal.aborted) return;
    const send = (result: UnmaskedResult) => stream.send(this.subscriptions.show(result, context.requestId));
    // Showing an error logs it, also where nobody is left to see it.
    const fail = (error: unknown) => send({ errors: [error] });
    try {
      const prepared = this.subscriptions.prepare(operation, context, `at ${STREAM_PATH}`);
      const results = 'schema' in prepared ? await this.subscriptions.run(prepared) : { errors: prepared };
      turn?.release();
      if (Symbol.asyncIterator in results) await relay(results, stream.signal, send, fail);
      else await send(results);
    } catch (error) {
      await fail(error);
    }
    stream.complete();
  }
}

type Send<Item> = (item: Item) => Promise<void> | void;

async function relay(
  results: ResultStream,
  signal: AbortSignal,
  send: Send<UnmaskedResult>,
  fail: Send<unknown>,
): Promise<void> {
  if (signal.aborted) {
    await results.return();
    return;
  }
  // Leaving ends the source at once, also while it is silent.
  signal.addEventListener('abort', () => void results.return().catch(fail), { once: true });
  for await (const result of results) await send(result);
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
