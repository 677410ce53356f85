import { Inject, Injectable } from '@nestjs/common';
import { describeError } from '../../common/describe-error.js';
import { Lifecycle } from '../../common/lifecycle.js';
import { milliseconds } from '../../common/milliseconds.js';
import { Config } from '../../config/config.js';
import { KeyResolutionService, providersFor } from '../../keys/key-resolution.service.js';
import { logRefusal, type RefusedUse } from '../../keys/log-end.js';
import { ServerBusyError } from '../../common/server-busy.error.js';
import { Admission } from '../../limits/admission.js';
import { Limits } from '../../limits/limits.service.js';
import { RateLimitedError } from '../../limits/rate-limited.error.js';
import type { Slot } from '../../limits/slot.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';
import type { ChatInput } from '../schema/chat.inputs.js';
import type { Subscriber } from './subscriber.js';
import { ChatReports } from './chat-reports.js';
import { ChatRuns } from './chat-runs.js';
import type { ChatSource } from '../run/chat-source.js';
import { ChatSourceFactory } from './chat-source.factory.js';
import type { ChatWatch } from '../run/chat-watch.js';
import { KeptRun } from './kept-run.js';
import type { RequestClaim } from '../claims/request-claims.js';
import { RunStore } from '../shared/run-store.js';

export interface ChatToStart {
  readonly chatId: string;
  readonly input: ChatInput;
  /** What the request's id stands for, which is this chat; null where it has none. */
  readonly claim: RequestClaim | null;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
}

/** Starts runs on this server. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly sources: ChatSourceFactory,
    private readonly reports: ChatReports,
    private readonly runs: ChatRuns,
    @Inject(RunStore) private readonly shared: RunStore | null,
    private readonly lifecycle: Lifecycle,
    private readonly config: Config,
    private readonly limits: Limits,
    private readonly admission: Admission,
  ) {}

  /**
   * Resolves and opens the key and writes its use down; the provider is called when the watcher has taken ChatStarted.
   *
   * @throws NO_KEY_AVAILABLE, KEY_UNREADABLE, CONFLICT, RATE_LIMITED, SERVICE_UNAVAILABLE: then there is no such chat
   */
  async start({ userId, requestId, connection }: Subscriber, chat: ChatToStart): Promise<ChatWatch> {
    try {
      const kept = await this.admit({ userId, requestId, connection }, chat);
      this.runs.add(kept);
      await kept.publish();
      // Who sends the id again finds the other server's chat.
      if (kept.hasLostClaim) throw new RedisUnavailableError();
      if (chat.input.requestId && this.shared && !kept.isShared) {
        // Nobody would know of it who is asked the same again.
        const isRefused = await kept.refuse(new RedisUnavailableError());
        if (isRefused) throw new RedisUnavailableError();
      }
      chat.claim?.confirm();
      return kept.join(0, connection);
    } catch (error) {
      await chat.claim?.release();
      throw error;
    }
  }

  /** The chat has its place from before its key is looked up until its end is written down. */
  private async admit(
    { userId, requestId, connection }: Pick<Subscriber, 'userId' | 'requestId' | 'connection'>,
    chat: ChatToStart,
  ): Promise<KeptRun> {
    const slot = await this.limits.openChat(userId);
    let place: Slot | null = null;
    try {
      place = await this.admission.enter(connection);
      await this.limits.countChat(userId);
      return await this.open(userId, chat, slot);
    } catch (error) {
      slot.release();
      const isLogged = error instanceof RateLimitedError || error instanceof ServerBusyError;
      if (!isLogged) logRefusal('chat', userId, refusalOf(error, requestId, chat));
      throw error;
    } finally {
      place?.release();
    }
  }

  private async open(
    userId: string,
    { chatId, input, claim, arrivedAt }: ChatToStart,
    slot: Slot,
  ): Promise<KeptRun> {
    let keyResolutionMs = 0;
    const key = await this.resolution.open(
      userId,
      providersFor('CHAT', input.provider) as ChatProviderId[],
      (provider) => {
        keyResolutionMs = performance.now() - arrivedAt;
        // Looking the key up took its time: a stop that began meanwhile does not wait for this chat.
        this.lifecycle.throwIfDraining();
        return { chatId, model: this.sources.modelOf(provider, input.model) };
      },
    );
    try {
      const source = this.sources.create({ userId, chatId, input }, key);
      const isNamed = Boolean(input.requestId);
      return this.keep(userId, { chatId, source, claim, isNamed, arrivedAt, keyResolutionMs, slot });
    } catch (error) {
      key.secret.destroy();
      throw error;
    }
  }

  /** Apart from what was asked: nothing that is kept with a run may hold on to that. */
  private keep(userId: string, { claim, isNamed, slot, ...chat }: OpenChat): KeptRun {
    const { maxDurationMs, disconnectGraceMs: graceMs } = this.config.chat;
    const { chatId } = chat;
    return new KeptRun({
      ...chat,
      userId,
      claim,
      maxDurationMs,
      graceMs,
      shared: this.shared,
      onEnd: (report) => this.reports.write(userId, chatId, report).finally(() => slot.release()),
      // A client that unsubscribes does not subscribe again by itself: under that id comes another chat.
      onStop: () => void (isNamed ? null : claim?.release()),
      onChange: (kept) => this.runs.changed(kept),
    });
  }
}

interface OpenChat extends Omit<ChatToStart, 'input'> {
  readonly source: ChatSource;
  /** Whether the caller gave the claim's id. */
  readonly isNamed: boolean;
  readonly keyResolutionMs: number;
  readonly slot: Slot;
}

function refusalOf(error: unknown, requestId: string, { chatId, input, arrivedAt }: ChatToStart): RefusedUse {
  return {
    chatId,
    requestId,
    provider: input.provider ?? null,
    outcome: describeError(error).code,
    durationMs: milliseconds(performance.now() - arrivedAt),
  };
}
