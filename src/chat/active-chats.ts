import { Injectable } from '@nestjs/common';
import { DrainingError } from '../common/lifecycle.js';
import type { ChatRun } from './chat-run.js';

/** Time for terminal events to reach their watchers, in milliseconds. */
const LAST_WORDS_MS = 1_000;

/** The chats that run on this server, for its graceful stop. */
@Injectable()
export class ActiveChats {
  readonly #runs = new Set<ChatRun>();
  #preparing = 0;
  #isOver = false;
  #onEmpty: (() => void) | null = null;

  add(run: ChatRun): void {
    this.#runs.add(run);
    // Its key was looked up for longer than chats may run after the stop began.
    if (this.#isOver) run.abort(new DrainingError());
  }

  remove(run: ChatRun): void {
    this.#runs.delete(run);
    this.#tellWhenEmpty();
  }

  /** Counts a chat whose key is still being looked up: its use may be written down already, so its end must be, too. */
  async prepare<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#preparing += 1;
    try {
      return await work();
    } finally {
      this.#preparing -= 1;
      this.#tellWhenEmpty();
    }
  }

  /**
   * Lets the chats finish and their watchers take the terminal events, and after `timeoutMs` ends the rest with
   * ChatFailed (SERVICE_UNAVAILABLE). Resolves when none is left, or a moment after the time is up: a watcher that reads
   * nothing gets no terminal event, and must not hold up the stop.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (await this.#emptyWithin(timeoutMs)) return;
    this.#isOver = true;
    for (const run of this.#runs) run.abort(new DrainingError());
    await this.#emptyWithin(LAST_WORDS_MS);
  }

  get #isEmpty(): boolean {
    return this.#runs.size + this.#preparing === 0;
  }

  #tellWhenEmpty(): void {
    if (this.#isEmpty) this.#onEmpty?.();
  }

  #emptyWithin(timeoutMs: number): Promise<boolean> {
    if (this.#isEmpty) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        // The watcher's `complete` follows the last event in this turn of the event loop.
        setImmediate(() => resolve(true));
      };
    });
  }
}
