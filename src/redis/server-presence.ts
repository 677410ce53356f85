import { randomUUID } from 'node:crypto';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { RedisConnection, Script } from './redis-connection.js';

/** How long a server counts as alive after its last sign, in milliseconds. */
export const PRESENCE_MS = 5_000;
/** Between two signs, in milliseconds. */
const SIGN_INTERVAL_MS = 1_500;
/** For so long after a server has done something, in milliseconds, none takes it for dead: its last sign was just before. */
export const SURELY_ALIVE_MS = 2_500;

/** So many dead servers are named at a time: what was cleared up is forgotten, and the next ones follow. */
const DEAD_AT_A_TIME = 100;
/** Characters of a server's id. What is longer is no server, and is removed. */
const ID_LENGTH = 36;

/** Servers that are looked at at a time: of more, others each time. */
const SERVERS_AT_A_TIME = 1_000;

/** Answers ids. KEYS: servers. ARGV: how many at most */
const knownScript: Script = {
  keys: 1,
  lua: `
local known = {}
for _, id in ipairs(redis.call('SRANDMEMBER', KEYS[1], ARGV[1])) do
  if #id > ${String(ID_LENGTH)} then redis.call('SREM', KEYS[1], id) else known[#known + 1] = id end
end
return known`,
};

/** Shows the other servers that this one is alive, and finds out which of them are. */
export class ServerPresence implements OnModuleInit, BeforeApplicationShutdown {
  /** Of this process: one that starts again is another server. */
  readonly serverId = randomUUID();
  #timer: NodeJS.Timeout | null = null;
  /** Since when every sign came through; null where the last one did not. */
  #signedSince: number | null = null;
  /** When the last one came through. */
  #signedAt = Number.NEGATIVE_INFINITY;
  #stopListening = (): void => undefined;
  readonly #known: (...args: readonly (string | number)[]) => Promise<string[]>;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly redis: RedisConnection,
    private readonly now = () => performance.now(),
  ) {
    this.#known = redis.define<string[]>('serversknown', knownScript);
  }

  onModuleInit(): void {
    this.#stopListening = this.redis.onReady(() => void this.sign());
    this.#timer = setInterval(() => void this.sign(), SIGN_INTERVAL_MS).unref();
    void this.sign();
  }

  /** Gives no more signs: after a time the others take it for dead. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#stopListening();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop();
    // It stays among the known servers: those that find it gone look for chats whose ends it could not write.
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
   * Servers that are gone and were not {@link forget forgotten} yet.
   *
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async findDead(): Promise<string[]> {
    const others = await this.findOthers();
    const alive = new Set(await this.findAlive(others));
    return others.filter((id) => !alive.has(id)).slice(0, DEAD_AT_A_TIME);
  }

  /**
   * Whether a server without a sign is dead: not where this one's own signs failed a moment ago. After Redis was away, or
   * full, no server's sign is there; and a server that hung does not know what happened in that time.
   */
  get canTellDead(): boolean {
    const now = this.now();
    return (
      this.#signedSince !== null &&
      now - this.#signedSince > PRESENCE_MS &&
      now - this.#signedAt < PRESENCE_MS
    );
  }

  /** Whether another server is alive. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async hasOthers(): Promise<boolean> {
    return (await this.findAlive(await this.findOthers())).length > 0;
  }

  /**
   * Those of the servers that are alive. Each is asked for by itself, for a cluster has them on different nodes.
   *
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async findAlive(serverIds: readonly string[]): Promise<string[]> {
    const areAlive = await Promise.all(serverIds.map((id) => this.isAlive(id)));
    return serverIds.filter((_, index) => areAlive[index]);
  }

  /** What a dead server left behind is cleared up. @throws RedisUnavailableError SERVICE_UNAVAILABLE */
  async forget(serverId: string): Promise<void> {
    await this.redis.call('SREM', this.serversName, serverId);
  }

  private async findOthers(): Promise<string[]> {
    const known = await this.#known(this.serversName, SERVERS_AT_A_TIME);
    return known.filter((id) => id !== this.serverId);
  }

  private get serversName(): string {
    return this.redis.name('servers');
  }

  private async sign(): Promise<void> {
    if (!this.redis.isReady) {
      this.#signedSince = null;
      return;
    }
    try {
      await this.redis.call('SET', this.aliveName(this.serverId), '1', 'PX', PRESENCE_MS);
      await this.redis.call('SADD', this.serversName, this.serverId);
      const now = this.now();
      if (this.#signedSince === null || now - this.#signedAt > PRESENCE_MS) this.#signedSince = now;
      this.#signedAt = now;
    } catch {
      // The connection logs it, and the next sign comes soon.
      this.#signedSince = null;
    }
  }
}
