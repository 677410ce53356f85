import { Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { BoundedLines } from '../../common/bounded-lines.js';
import { Config } from '../../config/config.js';
import { DatabaseService } from '../../prisma/database.service.js';
import { wordsOf } from '../../prisma/error-codes.js';
import { ServerPresence } from '../../redis/server-presence.js';
import { AuditKeyring } from './audit-keyring.js';
import { AuditTrail } from './audit-trail.js';
import type { Checkpoint } from './checkpoint.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { DeadChains } from './dead-chains.js';
import { pruneTrail } from './prune.js';
import { openCheckpoint, signCheckpoint, takeCheckpoint } from './take-checkpoint.js';
import { Verification } from './verification.js';
import { writeCheckpointFile } from './write-checkpoint-file.js';

/** How often dead servers' chains and newer keys are looked for, and how often a checkpoint is taken, in milliseconds. */
const ROUND_MS = 15_000;
const HOUR_MS = 3_600_000;
/** Another server has verified the trail as long as this ago, in milliseconds: this one need not. */
const VERIFIED_MS = 3_000_000;
/** Rows that are verified at a time: some milliseconds. */
const PAGE = 200;

/** Keeps the trail in order while the server runs: chains of dead servers, checkpoints, verification, retention. */
@Injectable()
export class TrailKeeper implements OnApplicationShutdown {
  readonly #logger = new Logger(TrailKeeper.name);
  readonly #lines = new BoundedLines(this.#logger);
  readonly #chains: DeadChains;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #hasLooked = false;
  #checkpointAt = Number.NEGATIVE_INFINITY;
  #isIntact: boolean | null = null;

  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly trail: AuditTrail,
    private readonly checkpoints: CheckpointsRepository,
    private readonly config: Config,
    @Optional() presence: ServerPresence | null = null,
  ) {
    this.#chains = new DeadChains(database, keyring, trail, presence);
  }

  /** What the last verification found, whichever server made it; null: none has yet. */
  get isIntact(): boolean | null {
    return this.#isIntact;
  }

  /** What the servers' last verification found, as it was signed. @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  async findIntegrity(): Promise<{ readonly checkedAt: Date | null; readonly ok: boolean | null }> {
    const row = await this.checkpoints.find('VERIFIED');
    if (row === null) return { checkedAt: null, ok: null };
    const checkpoint = this.#open(row.note);
    return { checkedAt: checkpoint?.at ?? row.at, ok: checkpoint?.verified === true };
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
    const last = await this.#findRight();
    await this.#chains.linkRows(last?.at.getTime() ?? 0);
    this.#hasLooked = true;
  }

  async #hour(): Promise<void> {
    const last = await this.checkpoints.find('ANY');
    const age = Date.now() - (last?.at.getTime() ?? 0);
    // One that has just started takes none where the last one is not old.
    if (this.#checkpointAt === Number.NEGATIVE_INFINITY && age < HOUR_MS) {
      this.#checkpointAt = performance.now() - age;
      await this.#look();
      return;
    }
    await this.takeCheckpoint();
    if (this.config.database.url === null) await this.#prune();
  }

  /** Signs where the trail stands, and verifies what is new. @param now in milliseconds */
  async takeCheckpoint(now = Date.now()): Promise<void> {
    const { environmentName } = this.config.general;
    const taken = await takeCheckpoint(this.database, environmentName);
    const verified = await this.#verify(now);
    const note = signCheckpoint({ ...taken, verified }, this.keyring.current);
    await this.checkpoints.add(note, taken.at, verified);
    this.#checkpointAt = performance.now();
    await this.#look();
    this.#logger.log({ checkpoint: note }, 'A checkpoint of the audit trail');
    const { checkpointFile } = this.config.audit;
    if (checkpointFile === null) return;
    await writeCheckpointFile(checkpointFile, note).catch((error: unknown) =>
      this.#logger.error({ err: error }, 'AUDIT_CHECKPOINT_FILE could not be written'),
    );
  }

  /** @returns whether all is right; null where another server has just looked */
  async #verify(now: number): Promise<boolean | null> {
    const { checkedAt, ok } = await this.findIntegrity();
    if (ok !== null && checkedAt !== null && now - checkedAt.getTime() < VERIFIED_MS) return null;
    const known = await this.#findRight();
    const options = { page: PAGE, known, isPartial: known !== null };
    const verification = new Verification(this.database, this.keyring, options, {
      onProgress: () => undefined,
      onFault: (fault) => this.#lines.warn('The audit trail was tampered with', {}, { fault }),
    });
    await verification.run();
    return verification.faults === 0;
  }

  /** The last one that was found right. What is not signed says nothing: then everything is looked at. */
  async #findRight(): Promise<Checkpoint | null> {
    const row = await this.checkpoints.find('RIGHT');
    const checkpoint = row && this.#open(row.note);
    return checkpoint?.verified === true ? checkpoint : null;
  }

  async #look(): Promise<void> {
    this.#isIntact = (await this.findIntegrity()).ok;
  }

  #open(note: string): Checkpoint | null {
    return openCheckpoint(note, this.keyring, this.config.general.environmentName);
  }

  async #prune(): Promise<void> {
    const { retentionDays } = this.config.audit;
    if (retentionDays === null) return;
    const before = new Date(Date.now() - retentionDays * 24 * HOUR_MS);
    await pruneTrail(this.database, this.keyring.current, before, () => undefined);
  }
}
