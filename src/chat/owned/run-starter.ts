import { Inject, Injectable } from '@nestjs/common';
import { describeError } from '../../common/describe-error.js';
import { Lifecycle } from '../../common/lifecycle.js';
import { milliseconds } from '../../common/milliseconds.js';
import { ServerBusyError } from '../../common/server-busy.error.js';
import { Config } from '../../config/config.js';
import { checkEndpointIsNamed } from '../../keys/check-endpoint.js';
import { type KeyCaller, providersFor } from '../../keys/key-decisions.service.js';
import { KeyResolutionService } from '../../keys/key-resolution.service.js';
import { KeyUseService } from '../../keys/key-use.service.js';
import { logRefusal, type RefusedUse } from '../../keys/log-end.js';
import { Admission } from '../../limits/admission.js';
import { Limits } from '../../limits/limits.service.js';
import { RateLimitedError } from '../../limits/rate-limited.error.js';
import type { Slot } from '../../limits/slot.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';
import { keyResolved, useTraced } from '../../telemetry/signals/signals.js';
import type { RequestClaim } from '../claims/request-claims.js';
import type { ChatTimings } from '../run/chat-event.js';
import type { ChatWatch } from '../run/chat-watch.js';
import type { ChatInput } from '../schema/chat.inputs.js';
import { finishedChat } from '../shared/finished-chat.js';
import { RunStore } from '../shared/run-store.js';
import { checkMedia } from '../conversation/check-media.js';
import { ConversationService } from '../conversation/conversation.service.js';
import { tokenDemandOf } from './token-demand.js';
import { ChatSourceFactory } from './chat-source.factory.js';
import { OwnedRun, type OwnedRunSettings } from './owned-run.js';
import { OwnedRuns } from './owned-runs.js';
import type { Subscriber } from './subscriber.js';

export interface NewChat {
  readonly chatId: string;
  readonly input: ChatInput;
  /** What the request's id stands for, which is this chat; null where it has none. */
  readonly claim: RequestClaim | null;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
}

/** What differs from run to run. */
type NewRun = Pick<
  OwnedRunSettings,
  'userId' | 'chatId' | 'source' | 'claim' | 'isNamed' | 'repeats' | 'arrivedAt' | 'keyResolutionMs'
>;

/** Starts runs on this server. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly conversations: ConversationService,
    private readonly sources: ChatSourceFactory,
    private readonly uses: KeyUseService,
    private readonly runs: OwnedRuns,
    @Inject(RunStore) private readonly shared: RunStore | null,
    private readonly lifecycle: Lifecycle,
    private readonly config: Config,
    private readonly limits: Limits,
    private readonly admission: Admission,
  ) {}

  /**
   * Resolves and opens the key and writes its use down; the provider is called when the watcher has taken ChatStarted.
   *
   * @throws NO_KEY_AVAILABLE, KEY_EXPIRED, KEY_NOT_PERMITTED, KEY_UNREADABLE, CONFLICT, RATE_LIMITED, SERVICE_UNAVAILABLE: then there is no such chat
   */
  async start(subscriber: Subscriber, chat: NewChat): Promise<ChatWatch> {
    try {
      const run = await this.admit(subscriber, chat);
      this.runs.add(run);
      await run.announce();
      return run.join(0, subscriber.lost);
    } catch (error) {
      await chat.claim?.release();
      throw error;
    }
  }

  /** The chat has its place from before its key is looked up until its end is written down. */
  private async admit(subscriber: Subscriber, chat: NewChat): Promise<OwnedRun> {
    const { userId, mayUseServerKeys, accessToken, network, requestId, connection } = subscriber;
    const slot = await this.limits.reserveChat(userId);
    let place: Slot | null = null;
    try {
      place = await this.admission.enter(connection);
      await this.limits.countChat(userId);
      const caller = { userId, mayUseServerKeys, accessToken, network };
      const prepared = await this.prepare(caller, chat);
      const run = { repeats: subscriber.repeats === true, ...prepared };
      return this.toRun(run, { accessToken, network }, slot);
    } catch (error) {
      slot.release();
      const isLogged = error instanceof RateLimitedError || error instanceof ServerBusyError;
      if (!isLogged) logRefusal('chat', userId, refusalOf(error, requestId, chat));
      throw error;
    } finally {
      place?.release();
    }
  }

  /** Opens the key, and binds what was asked to it. */
  private async prepare(
    caller: KeyCaller,
    { chatId, input, claim, arrivedAt }: NewChat,
  ): Promise<Omit<NewRun, 'repeats'>> {
    const { userId } = caller;
    checkEndpointIsNamed(input, 'input.');
    const asked = await this.conversations.read(userId, input);
    let keyResolutionMs = 0;
    const providers = providersFor('CHAT', input.provider) as ChatProviderId[];
    const key = await this.resolution.open(caller, {
      providers,
      endpoint: input.endpoint ?? null,
      chatId,
      use: 'CHAT',
      modelOf: (provider) => this.sources.modelOf(provider, input.model),
      tokens: tokenDemandOf(input, asked.conversation),
      onOpen: (provider) => {
        checkMedia(provider, asked.conversation);
        this.sources.checkSchema(provider, input, asked);
        keyResolutionMs = performance.now() - arrivedAt;
        // Looking the key up takes time: a stop that has begun since then does not wait for this chat.
        this.lifecycle.throwIfDraining();
      },
    });
    keyResolved.tell({ milliseconds: keyResolutionMs });
    try {
      const source = this.sources.create({ caller, chatId, input, asked }, key);
      const isNamed = Boolean(input.requestId);
      return { userId, chatId, source, claim, isNamed, arrivedAt, keyResolutionMs };
    } catch (error) {
      key.secret.destroy();
      throw error;
    }
  }

  /** Apart from what was asked: nothing that is kept with a run may hold on to that. */
  private toRun(chat: NewRun, caller: Pick<KeyCaller, 'accessToken' | 'network'>, slot: Slot): OwnedRun {
    const { maxDurationMs, disconnectGraceMs: graceMs } = this.config.chat;
    const { userId } = chat;
    return new OwnedRun({
      maxDurationMs,
      graceMs,
      shared: this.shared,
      writeEnd: ({ attempt, end, timings }) => {
        const use = finishedChat(attempt, end, timings);
        trace(use, timings);
        return this.uses.report(userId, use, caller).finally(() => slot.release());
      },
      onChange: (run) => this.runs.changed(run),
      ...chat,
    });
  }
}

function trace(use: ReturnType<typeof finishedChat>, { keyResolutionMs, totalMs }: ChatTimings): void {
  const { provider, model, keySource, outcome, inputTokens, outputTokens, timeToFirstTokenMs } = use;
  useTraced.tell({
    use: 'chat',
    traceOf: use.chatId ?? '',
    ...{ provider, model, keySource, outcome, inputTokens, outputTokens, timeToFirstTokenMs },
    ...{ keyResolutionMs, totalMs, endedAt: Date.now() },
  });
}

function refusalOf(error: unknown, requestId: string, { chatId, input, arrivedAt }: NewChat): RefusedUse {
  return {
    chatId,
    requestId,
    provider: input.provider ?? null,
    outcome: describeError(error).code,
    durationMs: milliseconds(performance.now() - arrivedAt),
  };
}
