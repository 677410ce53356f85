import { EventEmitter, once } from 'node:events';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { BoundedLines } from '../common/bounded-lines.js';
import { keepLoopTime } from '../common/loop-time.js';
import { PatientTimer } from '../common/patient-timer.js';
import { isTlsFailure, isUntrusted } from '../common/tls-errors.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';

/** How long a command may take, in milliseconds: one that waits longer tells that Redis hangs. */
const COMMAND_TIMEOUT_MS = 1_000;
/** How often both connections are tried while nothing else is sent on them, in milliseconds. */
const PULSE_INTERVAL_MS = 1_500;
const CONNECT_TIMEOUT_MS = 2_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * What is in Redis, as this version writes and reads it. Servers with another layout share nothing with it: they know
 * neither its chats nor that it is there.
 */
const LAYOUT = 'v2';

/** A Lua script, which Redis runs as one step. */
export interface Script {
  readonly lua: string;
  /** How many of its arguments are names of keys; they come first. */
  readonly keys: number;
}

type Argument = string | number | Buffer;

/**
 * The way to Redis: one connection for commands, one for what others publish. It connects by itself, for as long as it
 * takes; meanwhile every command fails at once. A command that Redis does not answer in time breaks the connection, so
 * that a Redis that hangs is away for everybody, not slow for each.
 *
 * After a RedisUnavailableError it is unknown whether the command took effect.
 */
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RedisConnection.name);
  readonly #lines = new BoundedLines(this.#logger);
  readonly #commands: Redis;
  readonly #subscriber: Redis;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  #isTold = false;
  #pulse: NodeJS.Timeout | undefined;
  #stopClock = (): void => undefined;

  /** @param prefix what this environment's names begin with: several may share one Redis */
  constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.#commands = connect(url);
    this.#subscriber = connect(url);
    this.#commands.on('ready', () => {
      if (this.#isTold) this.#lines.log('Redis is back.');
      this.#isTold = false;
      this.#events.emit('ready');
    });
    this.#commands.on('close', () => this.tellAway());
    // A wrong password, say: without a word it would look like a Redis that is away.
    this.#commands.on('error', (error) => {
      if (codeOf(error) !== UNKNOWN) this.tellRefusal(refusal(error));
      const code = 'code' in error ? String(error.code) : '';
      if (isTlsFailure(code)) this.tellRefusal(explainTls(code));
    });
    this.#subscriber.on('ready', () => void this.subscribeAgain());
    this.#subscriber.on('message', (channel: string, message: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) this.tellListener(listener, message);
    });
  }

  /** Waits for the first connection, but not for a Redis that is away: the server starts without it. */
  async onModuleInit(): Promise<void> {
    this.#pulse = setInterval(() => this.feelPulse(), PULSE_INTERVAL_MS).unref();
    // Other servers are heard through Redis alone.
    this.#stopClock = keepLoopTime();
    if (this.isReady) return;
    const timer = new PatientTimer(CONNECT_TIMEOUT_MS, () => this.#events.emit('waited'));
    const isReady = await Promise.race([
      once(this.#events, 'ready').then(() => true),
      once(this.#events, 'waited').then(() => false),
    ]);
    timer.stop();
    if (!isReady) this.tellAway();
  }

  /** Whether a command has a chance. */
  get isReady(): boolean {
    // A connection that breaks says so a moment later.
    return this.#commands.status === 'ready' && this.#commands.stream.writable;
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
    return this.guard(() => this.#commands.call(command, ...args) as Promise<Reply>);
  }

  /**
   * Makes a script callable.
   *
   * @param name letters only, used once
   */
  define<Reply>(name: string, { lua, keys }: Script): (...args: readonly Argument[]) => Promise<Reply> {
    this.#commands.defineCommand(name, { lua, numberOfKeys: keys });
    const run = Reflect.get(this.#commands, name) as (...args: readonly Argument[]) => Promise<Reply>;
    return (...args) => this.guard(() => run.apply(this.#commands, [...args]));
  }

  /**
   * Listens to a channel, also after Redis was away. What is published meanwhile is lost: whoever listens looks for
   * itself, too.
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
    this.#isTold = true;
    clearInterval(this.#pulse);
    this.#stopClock();
    this.#lines.flush();
    this.#commands.disconnect();
    this.#subscriber.disconnect();
  }

  private async guard<Reply>(work: () => Promise<Reply>): Promise<Reply> {
    try {
      return await inTime(this.#commands, work);
    } catch (error) {
      if (this.isReady) this.tellRefusal(refusal(error));
      throw new RedisUnavailableError();
    }
  }

  /** Anybody may publish anything: what a listener makes of it must not end the process, nor keep it from the others. */
  private tellListener(listener: (message: string) => void, message: string): void {
    try {
      listener(message);
    } catch (error) {
      this.#logger.error({ err: error }, 'What was published could not be handled');
    }
  }

  /** An idle connection does not tell that the network is gone. */
  private feelPulse(): void {
    for (const redis of [this.#commands, this.#subscriber]) {
      if (redis.status === 'ready') inTime(redis, () => redis.ping()).catch(() => undefined);
    }
  }

  private tryOn(redis: Redis, work: (redis: Redis) => Promise<unknown>): void {
    // Where it fails, it is done when the connection is there again.
    if (redis.status === 'ready') work(redis).catch(() => undefined);
  }

  private async subscribeAgain(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    if (channels.length > 0) await this.#subscriber.subscribe(...channels).catch(() => undefined);
  }

  /**
   * Our own scripts and commands are right: an answer that is an error is about Redis's state (loading, read-only, out of
   * memory), and what it says may quote a command. It may refuse all, several for each delta.
   */
  private tellRefusal(words: string): void {
    this.#lines.warn(words);
  }

  private tellAway(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#lines.warn(
      'Redis is away: chats that begin now cannot be resumed. It is looked for again and again.',
    );
  }
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    // The package's own limits count the event loop's time as Redis's.
    connectTimeout: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    // A primary that became a replica keeps its connections: the address leads to the new one.
    reconnectOnError: (error) => codeOf(error) === 'READONLY',
    retryStrategy: (times) => Math.min(50 * 2 ** times, LONGEST_PAUSE_MS),
  });
  // Each is followed by 'close', which tells it once; the errors themselves quote commands.
  redis.on('error', () => undefined);
  limitConnecting(redis);
  return redis;
}

/** Breaks a connection that does not come about in time, or on which Redis then does not say that it is ready. */
function limitConnecting(redis: Redis): void {
  const limit = new PatientTimer(CONNECT_TIMEOUT_MS, () => redis.stream.destroy());
  redis.on('connecting', () => limit.restart());
  for (const event of ['ready', 'close', 'end']) redis.on(event, () => limit.stop());
}

/** Breaks the connection where Redis does not answer a command in time: the command fails with it. */
async function inTime<Reply>(redis: Redis, work: () => Promise<Reply>): Promise<Reply> {
  const { stream } = redis;
  const limit = new PatientTimer(COMMAND_TIMEOUT_MS, () => stream.destroy());
  try {
    return await work();
  } finally {
    limit.stop();
  }
}

/** Without a word, a certificate that is not trusted would look like a Redis that is away. */
const explainTls = (code: string): string =>
  isUntrusted(code)
    ? `Redis's certificate is not trusted (${code}). Name the authority that issued it with NODE_EXTRA_CA_CERTS.`
    : `No TLS connection to Redis comes about (${code}). Check the certificate, the host's name and rediss:// in REDIS_URL.`;

const UNKNOWN = 'unknown';

/** The first word of an error that Redis answered with, `OOM` say. */
function codeOf(error: unknown): string {
  return (error instanceof Error && /^[A-Z]+(?= )/.exec(error.message)?.[0]) || UNKNOWN;
}

const refusal = (error: unknown): string => `Redis refuses commands (${codeOf(error)}).`;
