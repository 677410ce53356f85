import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BoundedLines } from '../common/bounded-lines.js';
import { ServerBusyError } from '../common/server-busy.error.js';
import { limitReached } from '../telemetry/signals/signals.js';
import type { Slot } from './slot.js';

/** Chats and searches that are begun at the same time: their keys are looked up, and their uses written down. */
export const MOST_BEGINNING = 32;
/** So many may wait to be begun. Further ones are refused. */
export const MOST_WAITING = 256;
/** How late the event loop may be, in milliseconds, for more to be begun. */
export const LATE_MS = 40;
/** How many operations may wait for the database for more to be begun. */
export const MOST_DATABASE_WAITING = 100;
/** How long none may have begun for want of one of these until all are refused, in milliseconds. */
export const STUCK_MS = 2_000;
/** The longest that one waits, in milliseconds. */
export const LONGEST_WAIT_MS = 10_000;
/** How long a server is busy after a refusal, in milliseconds. */
export const BUSY_MS = 1_000;
/** How long a server refuses all before it asks for no more requests, in milliseconds. */
export const OVERLOADED_MS = 5_000;

/** When those that are refused may come again, in milliseconds: one after the other, as fast as they can begin. */
const RETRY_AFTER_MS = 1_000;
const RETRY_STEP_MS = 5;
const LONGEST_RETRY_AFTER_MS = 10_000;

/** What this server is short of. */
export type Shortage = 'event loop' | 'database';

/** `BUSY`: it refuses some. `OVERLOADED`: it has refused all for a time. */
export type Load = 'READY' | 'BUSY' | 'OVERLOADED';

/** What may be short. */
export interface Pressure {
  /** How late the event loop is, in milliseconds. */
  readonly delayMs: number;
  /** How many operations wait for a connection to the database. */
  readonly databaseWaiting: number;
  /** @param onLook called whenever it was measured anew */
  start(onLook: () => void): void;
  stop(): void;
}

interface Waiting {
  readonly cameAt: number;
  begin(place: Slot): void;
  refuse(): void;
}

/**
 * Whether a chat or search may begin now. It waits a little, in the order of arrival, while this server is short of
 * something, and is refused where that takes too long: before its key is looked up and anything is written down.
 *
 * A refusal comes at once. Only those that waited when the server began to refuse are refused late.
 */
export class Admission implements OnModuleInit, OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger(Admission.name));
  #beginning = 0;
  #waiting: Waiting[] = [];
  /** When one last began, or had begun. */
  #movedAt: number;
  /** Since when it has been short of something without a break. */
  #shortSince: number | null = null;
  /** Since when it refuses all. */
  #overloadedSince: number | null = null;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #refusals = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly pressure: Pressure,
    private readonly now = () => performance.now(),
  ) {
    this.#movedAt = now();
  }

  onModuleInit(): void {
    this.pressure.start(() => this.#look());
  }

  onApplicationShutdown(): void {
    this.pressure.stop();
    this.#lines.flush();
  }

  /** Whether this server should be sent more requests. */
  get load(): Load {
    const now = this.now();
    if (this.#overloadedSince !== null)
      return now - this.#overloadedSince >= OVERLOADED_MS ? 'OVERLOADED' : 'BUSY';
    return now - this.#refusedAt < BUSY_MS ? 'BUSY' : 'READY';
  }

  /**
   * Resolves when a chat or search may begin. Its place is released when it has begun, or failed to.
   *
   * @throws ServerBusyError SERVICE_UNAVAILABLE; `signal.reason` after an abort
   */
  async enter(signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    if (this.#overloadedSince !== null || this.#waiting.length >= MOST_WAITING) throw this.#refusal();
    if (this.#waiting.length === 0 && this.#mayBegin) return this.#begin();
    return this.#wait(signal);
  }

  #wait(signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        cameAt: this.now(),
        begin: (place) => {
          signal.removeEventListener('abort', leave);
          resolve(place);
        },
        refuse: () => {
          signal.removeEventListener('abort', leave);
          reject(this.#refusal());
        },
      };
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  get #shortage(): Shortage | null {
    if (this.pressure.delayMs > LATE_MS) return 'event loop';
    return this.pressure.databaseWaiting > MOST_DATABASE_WAITING ? 'database' : null;
  }

  get #mayBegin(): boolean {
    return this.#beginning < MOST_BEGINNING && this.#shortage === null;
  }

  #begin(): Slot {
    this.#beginning += 1;
    this.#movedAt = this.now();
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#beginning -= 1;
        this.#movedAt = this.now();
        this.#beginWaiting();
      },
    };
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && this.#mayBegin) this.#waiting.shift()?.begin(this.#begin());
  }

  #look(): void {
    const now = this.now();
    this.#shortSince = this.#shortage === null ? null : (this.#shortSince ?? now);
    if (this.#shortSince === null) this.#overloadedSince = null;
    this.#beginWaiting();
    const [first] = this.#waiting;
    if (!first) return;
    const isStuck =
      this.#shortSince !== null && now - Math.max(this.#shortSince, this.#movedAt, first.cameAt) > STUCK_MS;
    if (isStuck) this.#overloadedSince ??= now;
    const isOver = ({ cameAt }: Waiting): boolean => isStuck || now - cameAt > LONGEST_WAIT_MS;
    while (this.#waiting[0] && isOver(this.#waiting[0])) this.#waiting.shift()?.refuse();
  }

  #refusal(): ServerBusyError {
    const now = this.now();
    if (now - this.#refusedAt > BUSY_MS) this.#refusals = 0;
    this.#refusedAt = now;
    this.#refusals += 1;
    limitReached.tell({ limit: 'time of this server' });
    this.#lines.warn('This server is busy and refuses chats and searches', {
      shortOf: this.#shortage ?? 'room for more that wait',
    });
    const retryAfterMs = RETRY_AFTER_MS + this.#refusals * RETRY_STEP_MS;
    return new ServerBusyError(Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
  }
}
