import { setTimeout as delay } from 'node:timers/promises';
import { EnvelopeError } from '../crypto/envelope-error.js';
import type { SealedEnvelope } from '../crypto/envelope.js';
import type { Vault } from '../crypto/vault.js';
import type { DatabaseService } from '../prisma/database.service.js';
import { type SealedKind, sealedKinds } from './sealed-kinds.js';
import { replaceEnvelopes, type SealedRow, selectPage } from './sealed-statements.js';

/** How long to wait before looking again for rows that others have locked, and how often without having got further. */
const LOCKED_DELAY_MS = 200;
const MOST_PASSES_IN_VAIN = 50;

/** A record that does not open, and is left alone. */
export interface UnreadableRecord {
  readonly kind: SealedKind;
  readonly id: string;
  readonly envelope: string;
}

export interface RotationListener {
  /** After each page. @param records how many of it were re-sealed, or would be */
  onProgress(records: number): void;
  /** Once for each record. */
  onUnreadable(record: UnreadableRecord): void;
}

export interface RotationOptions {
  /** Records in one statement. */
  readonly batch: number;
  /** Opens everything, and changes nothing. */
  readonly dryRun: boolean;
}

/** What became of a pass over the records of a kind. */
interface Pass {
  readonly resealed: number;
  /** Changed or locked by others at that moment. */
  readonly missed: number;
}

/**
 * Seals every record in the database anew with the current key, page by page.
 *
 * Invariants: a record is changed only where it still is what was read, so what is stored meanwhile stays; each page is
 * one statement, so that a process that is killed leaves every record whole, under the one key or the other. Several at
 * once do no harm. It ends after a pass that found nothing to do.
 */
export class Rotation {
  readonly #seen = new Set<string>();

  constructor(
    private readonly database: DatabaseService,
    private readonly vault: Vault,
    private readonly options: RotationOptions,
    private readonly listener: RotationListener,
  ) {}

  /** @returns how many records others kept locked all the time: they are as they were */
  async run(): Promise<number> {
    let missed = 0;
    for (const kind of sealedKinds) missed += await this.rotate(kind);
    return missed;
  }

  private async rotate(kind: SealedKind): Promise<number> {
    for (let inVain = 0; ;) {
      const { resealed, missed } = await this.pass(kind);
      if (this.options.dryRun || (resealed === 0 && missed === 0)) return 0;
      inVain = resealed === 0 ? inVain + 1 : 0;
      if (inVain === MOST_PASSES_IN_VAIN) return missed;
      if (resealed === 0) await delay(LOCKED_DELAY_MS);
    }
  }

  private async pass(kind: SealedKind): Promise<Pass> {
    const { batch } = this.options;
    const statement = selectPage(kind);
    let resealed = 0;
    let missed = 0;
    for (let after: string | undefined = kind.lowestId; after !== undefined;) {
      const values: string[] = [after, this.vault.currentKeyId, String(batch)];
      const rows: SealedRow[] = await this.database.run<SealedRow>(statement, values);
      const page = await this.rotatePage(kind, rows);
      resealed += page.resealed;
      missed += page.missed;
      after = rows.length < batch ? undefined : rows.at(-1)?.id;
    }
    return { resealed, missed };
  }

  private async rotatePage(kind: SealedKind, rows: readonly SealedRow[]): Promise<Pass> {
    const ids: string[] = [];
    const before: string[] = [];
    const after: string[] = [];
    for (const { id, envelope, place } of rows) {
      const sealed = this.reseal(kind, { id, envelope, place });
      if (sealed === null) {
        this.reportOnce({ kind, id, envelope });
        continue;
      }
      ids.push(id);
      before.push(envelope);
      after.push(sealed);
    }
    const changed = await this.write(kind, ids, before, after);
    if (changed > 0) this.listener.onProgress(changed);
    return { resealed: changed, missed: ids.length - changed };
  }

  private async write(
    kind: SealedKind,
    ids: readonly string[],
    before: readonly string[],
    after: readonly string[],
  ): Promise<number> {
    if (this.options.dryRun || ids.length === 0) return ids.length;
    const values = [ids, before, after, this.vault.currentKeyId];
    return (await this.database.run(replaceEnvelopes(kind), values)).length;
  }

  private reseal(kind: SealedKind, { id, envelope, place }: SealedRow): SealedEnvelope | null {
    const context = place === null ? null : kind.contextOf(id, JSON.parse(place) as string[]);
    try {
      return context && this.vault.reseal(envelope, context);
    } catch (error) {
      if (error instanceof EnvelopeError) return null;
      throw error;
    }
  }

  private reportOnce(record: UnreadableRecord): void {
    const name = `${record.kind.table} ${record.id}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.listener.onUnreadable(record);
  }
}
