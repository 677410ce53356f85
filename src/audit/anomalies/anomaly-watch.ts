import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { TokenWatch } from '../../auth/token-watch.js';
import { BoundedLines } from '../../common/bounded-lines.js';
import { ServerBusyError } from '../../common/server-busy.error.js';
import { DatabaseUnavailableError } from '../../prisma/database-unavailable.error.js';
import { anomalyEventsDropped } from '../../telemetry/signals/signals.js';
import { AnomalyJudge } from './anomaly-judge.js';
import { AnomalyRepository } from './anomaly.repository.js';
import { FAILED_TOKENS } from './rules/failed-tokens.js';
import { shortName } from './short-name.js';
import type { WatchedEvent } from './watched-event.js';

/** Events that wait: some megabytes. */
const MOST_WAITING = 10_000;
/** Events that are looked at together. */
const MAX_BATCH = 500;
/** How long events are gathered, in milliseconds. An alert comes about as much later. */
const GATHER_MS = 500;
/** After the database failed it is asked again, in milliseconds. */
const RETRY_MS = 2_000;
/** How often what is too old is looked for, in milliseconds. */
const FORGET_MS = 3_600_000;
/** Networks of which refused tokens are counted between two looks. Of further ones nothing is: memory is bounded. */
const MOST_NETWORKS = 300;

/**
 * Hands what happens to the rules, behind the backs of those that it happens to: an event costs them a place in a queue, and
 * is looked at later, together with others. Where more come than can be looked at, the newest are dropped, and the log says so.
 */
@Injectable()
export class AnomalyWatch extends TokenWatch implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger(AnomalyWatch.name);
  readonly #lines = new BoundedLines(this.#logger);
  #waiting: WatchedEvent[] = [];
  /** Since the last look, by network: the names of the tokens. */
  readonly #tokens = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #isStopped = false;
  #forgotAt = Date.now();

  constructor(
    private readonly judge: AnomalyJudge,
    private readonly states: AnomalyRepository,
  ) {
    super();
  }

  /** How many events wait to be looked at. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes no time, and never throws. */
  see(event: WatchedEvent): void {
    if (this.#waiting.length >= MOST_WAITING) {
      anomalyEventsDropped.tell({ count: 1 });
      this.#lines.warn('More happens than the rules can look at: some of it is not looked at');
      return;
    }
    this.#waiting.push(event);
    this.#startIn(GATHER_MS);
  }

  /** A flood of tokens is no flood of events: no more of a network are kept than the rule counts. */
  override onRefused(network: string | null, authorization: unknown): void {
    if (network === null) return;
    const names = this.#tokens.get(network) ?? new Set();
    if (names.size >= FAILED_TOKENS || (names.size === 0 && this.#tokens.size >= MOST_NETWORKS)) return;
    this.#tokens.set(network, names.add(shortName(typeof authorization === 'string' ? authorization : '')));
    this.#startIn(GATHER_MS);
  }

  /** Looks at all that waits now. Resolves when that is done, or has failed. */
  async settle(): Promise<void> {
    while (this.#working) await this.#working;
    this.#working = this.#work();
    await this.#working;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.settle();
  }

  onApplicationShutdown(): void {
    this.#lines.flush();
  }

  #startIn(milliseconds: number): void {
    if (this.#timer || this.#working || this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#working ??= this.#work();
    }, milliseconds).unref();
  }

  /** Never throws. */
  async #work(): Promise<void> {
    let pauseMs = GATHER_MS;
    try {
      await this.#look(this.#takeTokens());
      do {
        await this.#lookAtFirst();
      } while (this.#waiting.length >= MAX_BATCH);
      await this.#forget();
    } catch (error) {
      pauseMs = RETRY_MS;
      this.#lines.warn(
        'The rules cannot be asked now. What happened is looked at later',
        {},
        reasonOf(error),
      );
    } finally {
      this.#working = null;
    }
    if (this.#waiting.length > 0 || this.#tokens.size > 0) this.#startIn(pauseMs);
  }

  /** Where the database is away, they stay. */
  async #lookAtFirst(): Promise<void> {
    const batch = this.#waiting.slice(0, MAX_BATCH);
    await this.#look(batch);
    // More has come meanwhile.
    this.#waiting = this.#waiting.slice(batch.length);
  }

  /** @throws what may pass: the database is away, or busy */
  async #look(batch: readonly WatchedEvent[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      await this.judge.judge(batch);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError || error instanceof ServerBusyError) throw error;
      this.#logger.error({ err: error, count: batch.length }, 'The rules could not look at what happened');
    }
  }

  /** Where the database is away, these are not kept: anyone can send them, and they must not crowd out what users do. */
  #takeTokens(): WatchedEvent[] {
    const at = new Date();
    const events = [...this.#tokens].flatMap(([network, names]) =>
      [...names].map((name): WatchedEvent => ({ type: 'TOKEN_REFUSED', at, network, name })),
    );
    this.#tokens.clear();
    return events;
  }

  async #forget(): Promise<void> {
    if (Date.now() - this.#forgotAt < FORGET_MS) return;
    this.#forgotAt = Date.now();
    await this.states.forget();
  }
}

const reasonOf = (error: unknown): { reason: string } => ({
  reason: error instanceof Error ? error.name : 'unknown',
});
