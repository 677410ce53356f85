import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AlertNews } from '../audit/anomalies/alert-news.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { shortDigest } from '../redis/short-digest.js';

/** Users whose news could not be published, that are kept until it can. What is beyond is seen with the next alert. */
const MOST_UNSENT = 10_000;

/** Redis may take so long to begin, in milliseconds: what it does not say until then is looked for. */
const BEGINNING_MS = 2_000;
/** What is published may be lost: so often it is looked for in any case, in milliseconds. */
const LOOK_AGAIN_MS = 300_000;

/** @returns what ends it */
function lookAgain(onNews: () => void): () => void {
  let timer = setTimeout(() => {
    onNews();
    timer = setInterval(onNews, LOOK_AGAIN_MS).unref();
  }, BEGINNING_MS).unref();
  return () => clearTimeout(timer);
}

interface Listeners {
  readonly calls: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Says that there is an alert for a user, to those who listen here and, through Redis, on other servers. It does not say
 * which: whoever hears it looks into the database, so that nothing depends on what Redis says.
 */
@Injectable()
export class AlertBoard extends AlertNews implements OnModuleDestroy {
  readonly #listeners = new Map<string, Listeners>();
  readonly #unsent = new Set<string>();
  readonly #stop: (() => void) | undefined;

  /** @param redis null: there is one server */
  constructor(@Inject(RedisConnection) private readonly redis: RedisConnection | null) {
    super();
    this.#stop = redis?.onReady(() => this.#catchUp());
  }

  override tell(userId: string): void {
    this.#wake(userId);
    if (this.redis) void this.#publish(userId);
  }

  /** @param onNews called whenever there may be news for the user; once too often does no harm @returns what ends it */
  listen(userId: string, onNews: () => void): () => void {
    const known = this.#listeners.get(userId);
    const listeners = known ?? {
      calls: new Set(),
      stop: this.redis?.subscribe(this.#channelOf(userId), () => this.#wake(userId)) ?? (() => undefined),
    };
    this.#listeners.set(userId, listeners);
    listeners.calls.add(onNews);
    const stopLooking = this.redis ? lookAgain(onNews) : null;
    return () => {
      stopLooking?.();
      listeners.calls.delete(onNews);
      if (listeners.calls.size > 0 || this.#listeners.get(userId) !== listeners) return;
      this.#listeners.delete(userId);
      listeners.stop();
    };
  }

  onModuleDestroy(): void {
    this.#stop?.();
  }

  async #publish(userId: string): Promise<void> {
    try {
      await this.redis?.call('PUBLISH', this.#channelOf(userId), '');
    } catch {
      if (this.#unsent.size < MOST_UNSENT) this.#unsent.add(userId);
    }
  }

  /** What was published while Redis was away, here or elsewhere, nobody has heard. */
  #catchUp(): void {
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const userId of unsent) void this.#publish(userId);
    for (const userId of this.#listeners.keys()) this.#wake(userId);
  }

  #wake(userId: string): void {
    for (const call of [...(this.#listeners.get(userId)?.calls ?? [])]) call();
  }

  #channelOf(userId: string): string {
    return this.redis?.name('alerts', shortDigest(userId)) ?? '';
  }
}
