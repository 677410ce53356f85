import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { canonicalId } from '../common/id.scalar.js';
import { Lifecycle } from '../common/lifecycle.js';
import { Limits } from '../limits/limits.service.js';
import { RedisUnavailableError } from '../redis/redis-unavailable.error.js';
import type { ChatAnswer } from './schema/chat-answer.model.js';
import type { ChatInput } from './schema/chat.inputs.js';
import { ChatNotFoundError, RequestConflictError } from './run/chat.errors.js';
import { OwnedRuns } from './owned/owned-runs.js';
import type { ChatWatch } from './run/chat-watch.js';
import { inputDigestOf, type RequestClaim, RequestClaims } from './claims/request-claims.js';
import { RunStarter } from './owned/run-starter.js';
import type { Subscriber } from './owned/subscriber.js';
import { RemoteWatches } from './shared/remote-watches.js';
import { RunStore } from './shared/run-store.js';
import { wholeAnswerOf } from './whole-answer.js';

/** Starting, watching and stopping chats, wherever they run. */
@Injectable()
export class ChatService {
  constructor(
    private readonly starter: RunStarter,
    private readonly runs: OwnedRuns,
    private readonly claims: RequestClaims,
    @Inject(RunStore) private readonly shared: RunStore | null,
    @Inject(RemoteWatches) private readonly remote: RemoteWatches | null,
    private readonly lifecycle: Lifecycle,
    private readonly limits: Limits,
  ) {}

  /**
   * Starts a chat and watches it, or joins the one that was started under the same request id. Once a chat has
   * started, every failure is an event of it.
   *
   * @throws BAD_USER_INPUT, NO_KEY_AVAILABLE, KEY_UNREADABLE, CONFLICT, CHAT_NOT_FOUND, RATE_LIMITED,
   *   SERVICE_UNAVAILABLE: what fails before ChatStarted
   */
  async start(subscriber: Subscriber, input: ChatInput): Promise<ChatWatch> {
    this.lifecycle.throwIfDraining();
    const arrivedAt = performance.now();
    return this.withSlot(subscriber, () =>
      this.runs.prepare(() => this.startOrJoin(subscriber, input, arrivedAt)),
    );
  }

  /**
   * Starts a chat, or joins the one of the same request id, and waits for its end.
   *
   * @throws as {@link attend}, and as the chat failed: FailedChatError with its code, CancelledChatError CONFLICT,
   *   LongAnswerError PROVIDER_TRUNCATED
   */
  async complete(subscriber: Subscriber, input: ChatInput): Promise<ChatAnswer> {
    const answer = await wholeAnswerOf(await this.attend(subscriber, input));
    if (answer === null) throw subscriber.connection.reason;
    return answer;
  }

  /**
   * As {@link start}, for a client that leaves with its connection: that stops the chat at once, for it knows no id to
   * come back with.
   *
   * @throws as {@link start}
   */
  async attend(subscriber: Subscriber, input: ChatInput): Promise<ChatWatch> {
    const { connection } = subscriber;
    const lost = new AbortController();
    const watch = await this.start({ ...subscriber, lost: lost.signal }, input);
    const leave = (): void => {
      // A stop cuts connections: no client has left of its own accord, and others may watch elsewhere.
      if (this.lifecycle.draining) lost.abort();
      watch.leave();
    };
    connection.addEventListener('abort', leave, { once: true });
    if (connection.aborted) leave();
    void watch.ended.then(() => connection.removeEventListener('abort', leave));
    return watch;
  }

  /**
   * Watches a chat that was started before: what came after `afterSeq`, then what comes.
   *
   * @throws ChatNotFoundError CHAT_NOT_FOUND; RateLimitedError RATE_LIMITED; RedisUnavailableError, DrainingError
   *   SERVICE_UNAVAILABLE
   */
  async resume(subscriber: Subscriber, chatId: string, afterSeq: number): Promise<ChatWatch> {
    this.lifecycle.throwIfDraining();
    if (!isUuid(chatId)) throw new ChatNotFoundError();
    return this.withSlot(subscriber, () => {
      this.shared?.throwIfAway();
      return this.join(subscriber, chatId, afterSeq);
    });
  }

  /**
   * Stops a chat, wherever it runs. Resolves when its provider's request is closed and its end written down.
   *
   * @returns false where it had ended before
   * @throws ChatNotFoundError CHAT_NOT_FOUND; RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async cancel(userId: string, chatId: string): Promise<boolean> {
    if (!isUuid(chatId)) throw new ChatNotFoundError();
    const run = this.runs.find(userId, chatId);
    if (run) return run.cancel();
    if (!this.remote) throw new ChatNotFoundError();
    return this.remote.stop(userId, chatId);
  }

  /** A subscription has its place from before anything is done for it until it is over. */
  private async withSlot(
    { userId, connectionId }: Subscriber,
    begin: () => Promise<ChatWatch>,
  ): Promise<ChatWatch> {
    const slot = await this.limits.reserveStream(userId, connectionId);
    try {
      const watch = await begin();
      void watch.ended.then(() => slot.release());
      return watch;
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  private async startOrJoin(subscriber: Subscriber, input: ChatInput, arrivedAt: number): Promise<ChatWatch> {
    for (;;) {
      const claim = await this.claimFor(subscriber, input);
      const request = { chatId: claim?.chatId ?? uuidv7(), input, claim, arrivedAt };
      if (!claim || claim.isMine) return this.starter.start(subscriber, request);
      if (claim.inputDigest !== inputDigestOf(input)) throw new RequestConflictError();
      // Where the one before did not start, this one may.
      if (await claim.whenStarted(subscriber.connection)) return this.join(subscriber, claim.chatId, 0);
    }
  }

  /**
   * The graphql-ws client subscribes again under the same operation id after its connection was lost: that id serves
   * where the input has none. Where Redis cannot be asked what the id stands for, the chat is refused only for an id
   * in the input.
   */
  private async claimFor(
    { userId, operationId }: Subscriber,
    input: ChatInput,
  ): Promise<RequestClaim | null> {
    const requestId = input.requestId ?? (operationId !== null && isUuid(operationId) ? operationId : null);
    if (requestId === null) return null;
    try {
      return await this.claims.take(userId, canonicalId(requestId), inputDigestOf(input), uuidv7());
    } catch (error) {
      if (error instanceof RedisUnavailableError && !input.requestId) return null;
      throw error;
    }
  }

  private async join({ userId, lost }: Subscriber, chatId: string, afterSeq: number): Promise<ChatWatch> {
    const run = this.runs.find(userId, chatId);
    if (run) return run.join(afterSeq, lost);
    if (!this.remote) throw new ChatNotFoundError();
    return this.remote.join(userId, chatId, afterSeq, lost);
  }
}
