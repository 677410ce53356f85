import { randomUUID } from 'node:crypto';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { RedisConnection } from './redis-connection.js';

/** How long a server counts as alive after its last sign, in milliseconds. */
export const PRESENCE_MS = 5_000;
/** Between two signs, in milliseconds. */
const SIGN_INTERVAL_MS = 1_500;

/** Says to the other servers that this one is alive, and which of them are. */
export class ServerPresence implements OnModuleInit, BeforeApplicationShutdown {
  /** Of this process: one that starts again is another server. */
  readonly serverId = randomUUID();
  #timer: NodeJS.Timeout | null = null;
  /** Since when every sign came through; null where the last one did not. */
  #heardSince: number | null = null;
  #stopListening = (): void => undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly redis: RedisConnection,
    private readonly now = () => performance.now(),
  ) {}

  onModuleInit(): void {
    this.#stopListening = this.redis.onReady(() => void this.sign());
    this.#timer = setInterval(() => void this.sign(), SIGN_INTERVAL_MS).unref();
    void this.sign();
  }

  /** Says nothing more: after a time the others take it for dead. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#stopListening();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop();
    // It stays among those that are known: whoever finds it gone looks for chats whose ends it could not write.
    await this.redis.call('DEL', this.aliveName(this.serverId)).catch(() => undefined);
  }

  /** The name of the key that is there while a server is alive. */
  aliveName(serverId: string): string {
    return this.redis.name('server', serverId);
  }

  /** @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async isAlive(serverId: string): Promise<boolean> {
    return (
      serverId === this.serverId || (await this.redis.call<number>('EXISTS', this.aliveName(serverId))) === 1
    );
  }

  /**
   * The servers that went without a word and were not {@link forget forgotten} yet.
   *
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async findDead(): Promise<string[]> {
    const known = await this.redis.call<string[]>('SMEMBERS', this.serversName);
    const alive = await Promise.all(known.map((serverId) => this.isAlive(serverId)));
    return known.filter((_, index) => alive[index] === false);
  }

  /**
   * Whether a server that gives no sign is dead: not where this one was not heard either a moment ago. After Redis was
   * away, or full, nobody's sign is there.
   */
  get canTellDead(): boolean {
    return this.#heardSince !== null && this.now() - this.#heardSince > PRESENCE_MS;
  }

  /** Whether another server is alive. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async hasOthers(): Promise<boolean> {
    const known = await this.redis.call<string[]>('SMEMBERS', this.serversName);
    const others = known.filter((serverId) => serverId !== this.serverId);
    return (await Promise.all(others.map((serverId) => this.isAlive(serverId)))).includes(true);
  }

  /** What a dead server left behind is cleared up. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async forget(serverId: string): Promise<void> {
    await this.redis.call('SREM', this.serversName, serverId);
  }

  private get serversName(): string {
    return this.redis.name('servers');
  }

  private async sign(): Promise<void> {
    if (!this.redis.isReady) {
      this.#heardSince = null;
      return;
    }
    try {
      await this.redis.call('SET', this.aliveName(this.serverId), '1', 'PX', PRESENCE_MS);
      await this.redis.call('SADD', this.serversName, this.serverId);
      this.#heardSince ??= this.now();
    } catch {
      // The connection tells of it, and the next sign comes soon.
      this.#heardSince = null;
    }
  }
}
