import { EventEmitter, once } from 'node:events';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { BoundedLines } from '../common/bounded-lines.js';
import { keepLoopTime } from '../common/loop-time.js';
import { PatientTimer } from '../common/patient-timer.js';
import { connect, CONNECT_TIMEOUT_MS, gatherWrites, inTime, isOpen } from './redis-client.js';
import { RedisCluster } from './redis-cluster.js';
import { explainFailure, refusal } from './redis-refusal.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';

/** How often the connections are tried while nothing else is sent on them, in milliseconds. */
const PING_INTERVAL_MS = 1_500;

/**
 * What is in Redis, as this version writes and reads it. Servers with another layout share nothing with it: they know
 * neither its chats nor that it is there.
 */
const LAYOUT = 'v3';

/** A Lua script, which Redis runs as one step. */
export interface Script {
  readonly lua: string;
  /** How many of its arguments are names of keys; they come first. */
  readonly keys: number;
}

type Argument = string | number | Buffer;

/**
 * The way to Redis: one connection for commands, one for what others publish. Where the address leads to a node of a
 * cluster, commands have a connection to each of its nodes instead, and keys of one command or script must share a
 * slot.
 *
 * It connects by itself, for as long as it takes; meanwhile every command fails at once. A command that Redis does not
 * answer in time breaks the connection, so that a Redis that hangs is away for all, not slow for each.
 *
 * After a RedisUnavailableError it is unknown whether the command took effect.
 */
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RedisConnection.name);
  readonly #lines = new BoundedLines(this.#logger);
  readonly #commands: Redis;
  /** Null where it is one Redis, and until that is known. */
  #cluster: RedisCluster | null = null;
  /** That the connection for commands leads to one Redis. */
  #isSingle = false;
  readonly #subscriber: Redis;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  #isAwayLogged = false;
  #pingTimer: NodeJS.Timeout | undefined;
  #stopClock = (): void => undefined;

  /** @param prefix what this environment's names begin with: several may share one Redis */
  constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.#commands = connect(url);
    this.#subscriber = connect(url);
    this.#commands.on('ready', () => void this.recognize());
    this.#commands.on('close', () => {
      this.#isSingle = false;
      if (!this.#cluster) this.onAway();
    });
    this.#commands.on('error', (error) => this.logFailure(error));
    this.#subscriber.on('ready', () => void this.subscribeAgain());
    this.#subscriber.on('close', () => Object.assign(this.#subscriber.options, this.#cluster?.anyNode()));
    this.#subscriber.on('message', (channel: string, message: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) this.callListener(listener, message);
    });
  }

  /** Waits for the first connection, but not for a Redis that is away: the server starts without it. */
  async onModuleInit(): Promise<void> {
    this.#pingTimer = setInterval(() => this.ping(), PING_INTERVAL_MS).unref();
    // What other servers publish comes through Redis alone.
    this.#stopClock = keepLoopTime();
    if (this.isReady) return;
    const timer = new PatientTimer(CONNECT_TIMEOUT_MS, () => this.#events.emit('waited'));
    const isReady = await Promise.race([
      once(this.#events, 'ready').then(() => true),
      once(this.#events, 'waited').then(() => false),
    ]);
    timer.stop();
    if (!isReady) this.onAway();
  }

  /** Whether a command has a chance. */
  get isReady(): boolean {
    return this.#cluster ? this.#cluster.isReady : this.#isSingle && isOpen(this.#commands);
  }

  /** A key's or channel's name in this environment, and in this layout. */
  name(...parts: readonly string[]): string {
    return [this.prefix, LAYOUT, ...parts].join(':');
  }

  /**
   * @returns what Redis answers
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async call<Reply>(command: string, ...args: readonly Argument[]): Promise<Reply> {
    return this.guard((client) => client.call(command, ...args) as Promise<Reply>);
  }

  /**
   * Makes a script callable.
   *
   * @param name letters only, used once
   */
  define<Reply>(name: string, script: Script): (...args: readonly Argument[]) => Promise<Reply> {
    return (...args) => this.guard((client) => runScript(client, name, script, args) as Promise<Reply>);
  }

  /**
   * Listens to a channel, also after Redis was away. What is published meanwhile is lost: listeners look for
   * themselves, too.
   *
   * @returns what ends it
   */
  subscribe(channel: string, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    if (listeners.size === 1) this.tryOn(this.#subscriber, (redis) => redis.subscribe(channel));
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.tryOn(this.#subscriber, (redis) => redis.unsubscribe(channel));
    };
  }

  /** Calls the listener whenever Redis can be reached (again). @returns what ends it */
  onReady(listener: () => void): () => void {
    this.#events.on('ready', listener);
    return () => this.#events.off('ready', listener);
  }

  /** Whether Redis answers now; never throws. */
  async check(): Promise<'READY' | 'UNAVAILABLE'> {
    return this.call('PING').then(
      () => 'READY',
      () => 'UNAVAILABLE',
    );
  }

  onApplicationShutdown(): void {
    this.#isAwayLogged = true;
    clearInterval(this.#pingTimer);
    this.#stopClock();
    this.#lines.flush();
    this.#commands.disconnect();
    this.#cluster?.close();
    this.#subscriber.disconnect();
  }

  private async guard<Reply>(work: (client: Redis | Cluster) => Promise<Reply>): Promise<Reply> {
    try {
      if (this.#cluster) return await this.#cluster.run(work);
      gatherWrites(this.#commands);
      return await inTime(this.#commands, () => work(this.#commands));
    } catch (error) {
      // Scripts and commands are right: an error is about Redis's state (loading, read-only, out of memory). Its message
      // may quote a command.
      if (this.isReady) this.#lines.warn(refusal(error));
      throw new RedisUnavailableError();
    }
  }

  /** Asks what the address leads to: one Redis, or a node of a cluster. */
  private async recognize(): Promise<void> {
    const redis = this.#commands;
    const info = await inTime(redis, () => redis.info('cluster')).catch(() => '');
    if (!isOpen(redis) || this.#cluster) return;
    if (!/^cluster_enabled:1\b/m.test(info)) {
      this.#isSingle = true;
      this.onBack();
      return;
    }
    this.#cluster = new RedisCluster(redis.options, {
      onReady: () => this.onBack(),
      onAway: () => this.onAway(),
      onFailure: (error) => this.logFailure(error),
    });
    redis.disconnect();
  }

  /**
   * Anything may be published: a listener that fails must not end the process, nor keep the message from the others.
   */
  private callListener(listener: (message: string) => void, message: string): void {
    try {
      listener(message);
    } catch (error) {
      this.#logger.error({ err: error }, 'What was published could not be handled');
    }
  }

  /** An idle connection does not show that the network is gone. */
  private ping(): void {
    this.#cluster?.ping();
    for (const redis of [this.#commands, this.#subscriber]) {
      if (redis.status === 'ready') inTime(redis, () => redis.ping()).catch(() => undefined);
    }
  }

  private tryOn(redis: Redis, work: (redis: Redis) => Promise<unknown>): void {
    // Where it fails, it is repeated when the connection is back.
    if (redis.status === 'ready') work(redis).catch(() => undefined);
  }

  private async subscribeAgain(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    if (channels.length > 0) await this.#subscriber.subscribe(...channels).catch(() => undefined);
  }

  private logFailure(error: Error): void {
    const words = explainFailure(error);
    if (words) this.#lines.warn(words);
  }

  private onBack(): void {
    if (this.#isAwayLogged) this.#lines.log('Redis is back.');
    this.#isAwayLogged = false;
    this.#events.emit('ready');
  }

  private onAway(): void {
    if (this.#isAwayLogged) return;
    this.#isAwayLogged = true;
    this.#lines.warn(
      'Redis is away: chats that begin now cannot be resumed. It is looked for again and again.',
    );
  }
}

/** A script becomes a command of the client when it is called for the first time. */
function runScript(client: Redis | Cluster, name: string, { lua, keys }: Script, args: readonly Argument[]) {
  if (!Reflect.has(client, name)) client.defineCommand(name, { lua, numberOfKeys: keys });
  const run = Reflect.get(client, name) as (...args: readonly Argument[]) => Promise<unknown>;
  return run.apply(client, [...args]);
}
