import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Lifecycle } from '../common/lifecycle.js';
import { Config } from '../config/config.js';
import { KeyResolutionService, providersFor } from '../keys/key-resolution.service.js';
import { KeyUseService } from '../keys/key-use.service.js';
import type { ChatProviderId } from '../registry/provider-ids.js';
import { ActiveChats } from './active-chats.js';
import type { ChatInput } from './chat.inputs.js';
import { type ChatEnding, type ChatReport, ChatRun } from './chat-run.js';
import type { ChatSource } from './chat-source.js';
import { ChatSourceFactory } from './chat-source.factory.js';

@Injectable()
export class ChatService {
  readonly #logger = new Logger(ChatService.name);

  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly uses: KeyUseService,
    private readonly sources: ChatSourceFactory,
    private readonly active: ActiveChats,
    private readonly lifecycle: Lifecycle,
    private readonly config: Config,
  ) {}

  /**
   * Resolves and opens the key and writes its use down; the provider is called when the run is first pulled after
   * ChatStarted. From here on every failure is an event of the run.
   *
   * @throws NO_KEY_AVAILABLE, KEY_UNREADABLE, CONFLICT, SERVICE_UNAVAILABLE: what fails before ChatStarted
   */
  async start(userId: string, input: ChatInput): Promise<ChatRun> {
    this.lifecycle.throwIfDraining();
    return this.active.prepare(() => this.prepare(userId, input, performance.now()));
  }

  private async prepare(userId: string, input: ChatInput, arrivedAt: number): Promise<ChatRun> {
    const chatId = uuidv7();
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
      return this.run(userId, { chatId, source, arrivedAt, keyResolutionMs });
    } catch (error) {
      key.secret.destroy();
      throw error;
    }
  }

  private run(userId: string, chat: StartedChat): ChatRun {
    const run = new ChatRun({
      chatId: chat.chatId,
      source: chat.source,
      arrivedAt: chat.arrivedAt,
      keyResolutionMs: chat.keyResolutionMs,
      maxDurationMs: this.config.chat.maxDurationMs,
      onEnd: (report) => this.report(userId, chat.chatId, report),
      onClose: () => this.active.remove(run),
    });
    this.active.add(run);
    return run;
  }

  private async report(userId: string, chatId: string, report: ChatReport): Promise<void> {
    const { attempt, ending, usage, timings } = report;
    const { provider, keyId, keySource, model } = attempt;
    const use = {
      kind: 'CHAT_FINISHED',
      provider,
      keyId,
      keySource,
      chatId,
      model,
      outcome: outcomeOf(ending),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      timeToFirstTokenMs: timings.timeToFirstTokenMs,
      durationMs: timings.totalMs,
    } as const;
    if (ending.type === 'failed' && ending.description.code === 'INTERNAL_SERVER_ERROR') {
      this.#logger.error({ err: ending.error, chatId }, 'A chat failed for a reason of our own');
    }
    try {
      await this.uses.finish(userId, use);
    } catch (error) {
      // The answer has been paid for and goes to its owner all the same; the log keeps what the trail could not.
      this.#logger.error(
        { err: error, userId, use },
        'The end of a chat could not be written to the audit trail',
      );
    }
  }
}

interface StartedChat {
  readonly chatId: string;
  readonly source: ChatSource;
  readonly arrivedAt: number;
  readonly keyResolutionMs: number;
}

function outcomeOf(ending: ChatEnding): string {
  switch (ending.type) {
    case 'completed':
      return 'OK';
    case 'failed':
      return ending.description.code;
    case 'cancelled':
      return 'CANCELLED';
  }
}
