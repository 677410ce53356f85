import { Inject, Injectable } from '@nestjs/common';
import type { ChatEvent } from './run/chat-event.js';
import { ChatNotFoundError } from './run/chat.errors.js';
import { OwnedRuns } from './owned/owned-runs.js';
import { RemoteWatches } from './shared/remote-watches.js';
import { RunStore } from './shared/run-store.js';

/** Chats that are looked at at the same time. */
const AT_ONCE = 20;

/** What is kept of all chats of a user, on every server: to give it out, or to delete it. */
@Injectable()
export class KeptChats {
  constructor(
    private readonly runs: OwnedRuns,
    @Inject(RunStore) private readonly shared: RunStore | null,
    @Inject(RemoteWatches) private readonly remote: RemoteWatches | null,
  ) {}

  /** @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  throwIfAway(): void {
    this.shared?.throwIfAway();
  }

  /**
   * Stops those that go on, wherever they run, and deletes what is kept of all of them. Resolves when the providers'
   * requests are closed and the ends are written down.
   *
   * @param chatIds those that the audit trail knows; what runs on this server is found without it
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async delete(userId: string, chatIds: readonly string[]): Promise<void> {
    await Promise.all(
      this.runs.findAll(userId).map(async (run) => {
        await run.cancel();
        this.runs.forget(run);
      }),
    );
    if (!this.remote || !this.shared) return;
    const [remote, shared, left] = [this.remote, this.shared, [...chatIds]];
    const deleteNext = async (): Promise<void> => {
      for (let chatId = left.pop(); chatId !== undefined; chatId = left.pop()) {
        await remote.stop(userId, chatId).catch(ignoreGone);
        await shared.delete(userId, chatId);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, deleteNext));
  }

  /** The events that are kept of a chat; of one that goes on, those so far. Nothing where there is no such chat. */
  async *eventsOf(userId: string, chatId: string): AsyncGenerator<ChatEvent, void> {
    const run = this.runs.find(userId, chatId);
    if (run) {
      yield* run.events();
      return;
    }
    try {
      for (let afterSeq = 0; this.shared;) {
        const { events } = await this.shared.readEvents(userId, chatId, afterSeq);
        const last = events.at(-1);
        if (!last) return;
        yield* events;
        afterSeq = last.seq;
      }
    } catch (error) {
      ignoreGone(error);
    }
  }
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof ChatNotFoundError)) throw error;
}
