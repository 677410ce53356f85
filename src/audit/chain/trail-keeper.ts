import { Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { BoundedLines } from '../../common/bounded-lines.js';
import { Config } from '../../config/config.js';
import { DatabaseService } from '../../prisma/database.service.js';
import { wordsOf } from '../../prisma/error-codes.js';
import { ServerPresence } from '../../redis/server-presence.js';
import { AuditKeyring } from './audit-keyring.js';
import { AuditTrail } from './audit-trail.js';
import { DeadChains } from './dead-chains.js';
import { endOfRetention, pruneTrail } from './prune.js';
import { TrailCheckpoints } from './trail-checkpoints.js';

/** How often dead servers' chains and newer keys are looked for, and how often a checkpoint is taken, in milliseconds. */
const ROUND_MS = 15_000;
const HOUR_MS = 3_600_000;

/** Keeps the trail in order while the server runs: chains of dead servers, checkpoints, verification, retention. */
@Injectable()
export class TrailKeeper implements OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger('AuditTrail'));
  readonly #chains: DeadChains;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #hasLooked = false;
  #checkpointAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly trail: AuditTrail,
    private readonly checkpoints: TrailCheckpoints,
    private readonly config: Config,
    @Optional() presence: ServerPresence | null = null,
  ) {
    this.#chains = new DeadChains(database, keyring, trail, presence);
  }

  /**
   * Loads the trail's keys, which nothing can be written without. The rest goes on beside the server.
   *
   * @throws StartupError
   */
  async start(): Promise<void> {
    await this.keyring.load();
    this.#timer = setInterval(() => void this.work(), ROUND_MS).unref();
    void this.work();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#working;
    await this.trail.close();
    this.#lines.flush();
    this.checkpoints.flush();
  }

  /** A round. Never throws: what could not be done now is done the next time. */
  work(): Promise<void> {
    return (this.#working ??= this.#round()
      .catch((error: unknown) => {
        // What is away, the database or Redis, has its own lines in the log.
        if (error instanceof AppError) return;
        const reason = wordsOf(error);
        this.#lines.warn('The audit trail could not be looked after. It is tried again', {}, { reason });
      })
      .finally(() => {
        this.#working = null;
      }));
  }

  async #round(): Promise<void> {
    await this.keyring.open();
    await this.trail.renew();
    await this.trail.begin();
    await this.#chains.close();
    if (!this.#hasLooked) await this.#linkEarlier();
    if (performance.now() - this.#checkpointAt >= HOUR_MS) await this.#hour();
  }

  /** Rows that no chain tells of: their server was gone before it had one. */
  async #linkEarlier(): Promise<void> {
    const last = await this.checkpoints.findRight();
    await this.#chains.linkRows(last?.at.getTime() ?? 0);
    this.#hasLooked = true;
  }

  async #hour(): Promise<void> {
    // One that has just started takes none where the last one is not old, whatever the clock of its server said.
    const age = Math.max(0, Date.now() - (await this.checkpoints.findLastAt()));
    if (this.#checkpointAt === Number.NEGATIVE_INFINITY && age < HOUR_MS) {
      this.#checkpointAt = performance.now() - age;
      await this.checkpoints.findIntegrity();
      return;
    }
    await this.checkpoints.take();
    this.#checkpointAt = performance.now();
    if (this.config.database.url === null) await this.#prune();
  }

  async #prune(): Promise<void> {
    const { retentionDays } = this.config.audit;
    if (retentionDays === null) return;
    await pruneTrail(this.database, this.keyring.current, endOfRetention(retentionDays), () => undefined);
  }
}
