import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { ChatService } from '../chat/chat.service.js';
import type { Subscriber } from '../chat/owned/subscriber.js';
import type { ChatWatch } from '../chat/run/chat-watch.js';
import { wholeAnswerOf } from '../chat/whole-answer.js';
import { COMPLETIONS_PATH, MODELS_PATH } from '../graphql/every-door/paths.js';
import { TURN_MS } from '../graphql/every-door/operation-turns.js';
import { liftIdleTimeout } from '../graphql/every-door/idle-time.js';
import { UnknownModelError } from '../outbound/upstream-error.js';
import { AnswerStreams } from './answer/answer-streams.js';
import { toCompletion } from './answer/completion.js';
import { ListedModels, type OpenAIModel } from './listed-models.service.js';
import { ChatInputs } from './request/chat-inputs.js';
import { readChatRequest } from './request/read-request.js';

/**
 * OpenAI's wire format, for clients that speak it: a base URL and a token in the place of a key. Origin, drain and token were
 * checked by the door of HTTP, which has the user's turn, too.
 * https://platform.openai.com/docs/api-reference/chat
 */
@Controller()
export class OpenAIController {
  constructor(
    private readonly chats: ChatService,
    private readonly inputs: ChatInputs,
    private readonly streams: AnswerStreams,
    private readonly models: ListedModels,
  ) {}

  @Post(COMPLETIONS_PATH)
  async complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const user = userOf(request);
    const leaving = leavingOf(request);
    const { input, isStreamed, includesUsage } = await readChatRequest(
      request.body,
      idempotencyKeyOf(request),
    );
    const subscriber = toSubscriber(user, request.id, leaving.signal);
    const chat = await this.inputs.read(input);
    const watch = await this.chats.attend(subscriber, chat);
    // It has begun: what takes its time now is the provider.
    request.turn?.release();
    if (isStreamed) await this.streams.answer({ request, reply, user, includesUsage }, watch, leaving);
    else await this.answerWhole(request, reply, watch, leaving.signal);
  }

  @Get(MODELS_PATH)
  async list(@Req() request: FastifyRequest): Promise<{ object: 'list'; data: readonly OpenAIModel[] }> {
    return { object: 'list', data: await this.modelsFor(request) };
  }

  @Get(`${MODELS_PATH}/*`)
  async find(@Req() request: FastifyRequest, @Param('*') id: string): Promise<OpenAIModel> {
    const found = (await this.modelsFor(request)).find((model) => model.id === id);
    if (!found) throw new UnknownModelError();
    return found;
  }

  private async answerWhole(
    { raw }: FastifyRequest,
    reply: FastifyReply,
    watch: ChatWatch,
    signal: AbortSignal,
  ): Promise<void> {
    const restoreIdleTimeout = liftIdleTimeout(raw.socket);
    const answer = await wholeAnswerOf(watch).finally(restoreIdleTimeout);
    if (answer === null) throw signal.reason;
    await reply.code(200).send(toCompletion(answer));
  }

  private modelsFor(request: FastifyRequest): Promise<readonly OpenAIModel[]> {
    const user = userOf(request);
    const { signal } = leavingOf(request);
    const turn = setTimeout(() => request.turn?.release(), TURN_MS);
    return this.models.list(user, signal).finally(() => clearTimeout(turn));
  }
}

/** @throws UnauthenticatedError UNAUTHENTICATED, also where the token has expired while the body came */
function userOf({ user }: FastifyRequest): AuthenticatedUser {
  if (!user || user.expiresAt.getTime() <= Date.now()) throw new UnauthenticatedError();
  return user;
}

/**
 * Aborts when the client leaves, or its token is revoked.
 *
 * @throws the reason, where that has happened
 */
function leavingOf({ ending }: FastifyRequest): AbortController {
  const leaving = new AbortController();
  ending?.signal.throwIfAborted();
  ending?.signal.addEventListener('abort', () => leaving.abort(ending.signal.reason), { once: true });
  return leaving;
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : null;
}

function toSubscriber(
  { userId, mayUseServerKeys, accessToken, network }: AuthenticatedUser,
  requestId: string,
  signal: AbortSignal,
): Subscriber {
  const client = { connection: signal, lost: signal, connectionId: null, operationId: null, requestId };
  // The official package does, where its own time limit has closed the connection.
  return { userId, mayUseServerKeys, accessToken, network, ...client, repeats: true };
}
