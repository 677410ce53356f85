import { Injectable, Logger } from '@nestjs/common';
import { BoundedLines } from '../../common/bounded-lines.js';
import { Config } from '../../config/config.js';
import { DatabaseService } from '../../prisma/database.service.js';
import { AuditKeyring } from './audit-keyring.js';
import type { Checkpoint } from './checkpoint.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { openCheckpoint, signCheckpoint, takeCheckpoint } from './take-checkpoint.js';
import { Verification } from './verification.js';
import { writeCheckpointFile } from './write-checkpoint-file.js';

/** Another server has verified the trail as long as this ago, in milliseconds: this one need not. */
const VERIFIED_MS = 3_000_000;
/** Rows that are verified at a time: some milliseconds. */
const PAGE = 200;

/** A server's checkpoints: each signs where the trail stands, and what a verification of all up to there found. */
@Injectable()
export class TrailCheckpoints {
  readonly #logger = new Logger('AuditTrail');
  readonly #lines = new BoundedLines(this.#logger);
  #isIntact: boolean | null = null;

  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly kept: CheckpointsRepository,
    private readonly config: Config,
  ) {}

  /** What the last verification found that this server knows of; null: of none. */
  get isIntact(): boolean | null {
    return this.#isIntact;
  }

  /** What the servers' last verification found, as it was signed. @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  async findIntegrity(): Promise<{ readonly checkedAt: Date | null; readonly ok: boolean | null }> {
    const row = await this.kept.find('VERIFIED');
    const checkpoint = row && this.#open(row.note);
    const found = row && { checkedAt: checkpoint?.at ?? row.at, ok: checkpoint?.verified === true };
    this.#isIntact = found?.ok ?? null;
    return found ?? { checkedAt: null, ok: null };
  }

  /** The last one that was found right. What is not signed says nothing: then everything is looked at. */
  async findRight(): Promise<Checkpoint | null> {
    const row = await this.kept.find('RIGHT');
    const checkpoint = row && this.#open(row.note);
    return checkpoint?.verified === true ? checkpoint : null;
  }

  /** When the last one was taken, on whichever server, in milliseconds; 0: never. */
  async findLastAt(): Promise<number> {
    return (await this.kept.find('ANY'))?.at.getTime() ?? 0;
  }

  /** Takes one, and verifies what is new. @param now in milliseconds */
  async take(now = Date.now()): Promise<void> {
    const taken = await takeCheckpoint(this.database, this.config.general.environmentName);
    const verified = await this.#verify(now);
    const note = signCheckpoint({ ...taken, verified }, this.keyring.current);
    await this.kept.add(note, taken.at, verified);
    await this.findIntegrity();
    this.#logger.log({ checkpoint: note }, 'A checkpoint of the audit trail');
    await writeCheckpointFile(this.config.audit.checkpointFile, note).catch((error: unknown) =>
      this.#logger.error({ err: error }, 'AUDIT_CHECKPOINT_FILE could not be written'),
    );
  }

  /** Writes what is held back of the log: before the process ends. */
  flush(): void {
    this.#lines.flush();
  }

  /** @returns whether all is right; null where another server has just looked */
  async #verify(now: number): Promise<boolean | null> {
    const { checkedAt, ok } = await this.findIntegrity();
    if (ok !== null && checkedAt !== null && now - checkedAt.getTime() < VERIFIED_MS) return null;
    const known = await this.findRight();
    const options = { page: PAGE, known, isPartial: known !== null };
    const verification = new Verification(this.database, this.keyring, options, {
      onProgress: () => undefined,
      onFault: (fault) => this.#lines.warn('The audit trail was tampered with', {}, { fault }),
    });
    await verification.run();
    return verification.faults === 0;
  }

  #open(note: string): Checkpoint | null {
    return openCheckpoint(note, this.keyring, this.config.general.environmentName);
  }
}
