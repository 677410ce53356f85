import { StartupError } from '../../common/startup-error.js';
import type { AuditKeys } from '../../crypto/audit-keys.js';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { Statement } from '../../prisma/statement.js';
import type { ChainNote } from './chain-note.js';
import type { Head } from './link.js';
import { Links } from './links.js';
import { deleteCheckpoints, deleteLinked, deleteWithoutMac, selectCut } from './prune-statements.js';
import { countRowsBefore } from './rows-before.js';

/** The moment before which rows are too old. */
export const endOfRetention = (days: number): Date => new Date(Date.now() - days * DAY_MS);
const DAY_MS = 86_400_000;

/** Links, or rows, that are removed in one transaction. */
const BATCH = 2_000;

interface Removed {
  readonly count: number;
  readonly rows: number;
}

/**
 * Removes the rows of the trail from before a moment, and their links. The register says first, with a MAC, up to which
 * link each chain was cut: so what is left can be verified, and a process that is killed leaves nothing in doubt. Of a
 * chain only its beginning is removed, so a row may stay that was written late.
 *
 * It takes the rights of the tables' owner.
 *
 * @param onProgress how many rows were removed since the last call
 * @throws StartupError where the rows from before MACs are not what the register says
 */
export async function pruneTrail(
  database: DatabaseService,
  keys: AuditKeys,
  before: Date,
  onProgress: (rows: number) => void,
): Promise<void> {
  await new Pruning(database, keys, before, onProgress).run();
}

class Pruning {
  readonly #links: Links;

  constructor(
    private readonly database: DatabaseService,
    private readonly keys: AuditKeys,
    private readonly before: Date,
    private readonly onProgress: (rows: number) => void,
  ) {
    this.#links = new Links(database);
  }

  async run(): Promise<void> {
    const writers = new Set<string>();
    const cuts = new Map<string, Head>();
    let rowsBefore: Extract<ChainNote, { type: 'BEFORE' }> | null = null;
    for await (const { note } of this.#links.notes(0)) {
      if (note?.type === 'OPENED') writers.add(note.writer);
      if (note?.type === 'CUT') cuts.set(note.writer, note);
      if (note?.type === 'BEFORE') rowsBefore = note;
    }
    if (rowsBefore) await this.pruneBefore(rowsBefore);
    for (const writer of writers) await this.pruneChain(writer, cuts.get(writer)?.number ?? 0);
    const moment = this.before.toISOString();
    await this.inMaintenance({ name: 'prune-checkpoints', sql: deleteCheckpoints }, [moment]);
  }

  private async pruneChain(writer: string, cutAt: number): Promise<void> {
    const values = [writer, String(cutAt), this.before.toISOString()];
    const [cut] = await this.database.run<Head>(selectCut, values);
    if (cut) {
      const { number, hash } = cut;
      const note = { type: 'CUT', writer, number, hash } as const;
      await this.#links.register(this.keys, () => Promise.resolve({ note }));
    }
    const upTo = cut?.number ?? cutAt;
    if (upTo > 0) await this.removeAll(deleteLinked, [writer, String(upTo)]);
  }

  private async pruneBefore(said: Extract<ChainNote, { type: 'BEFORE' }>): Promise<void> {
    if (said.lastId === null) return;
    const { rows, digest } = await countRowsBefore(this.database, said);
    if (rows !== said.rows || digest !== said.digest) {
      throw new StartupError(
        'The rows of the audit trail from before MACs are not those that were counted: nothing is removed. Run: npm run ' +
          'audit:verify',
      );
    }
    const from = this.before.toISOString();
    const left = await countRowsBefore(this.database, { ...said, from });
    if (left.rows < said.rows)
      await this.#links.register(this.keys, () =>
        Promise.resolve({ note: { ...left, lastId: said.lastId } }),
      );
    await this.removeAll(deleteWithoutMac, [said.lastId, from]);
  }

  private async removeAll(sql: string, values: readonly string[]): Promise<void> {
    for (;;) {
      const [removed] = await this.inMaintenance({ name: 'prune', sql }, [...values, String(BATCH)]);
      if (!removed || removed.count === 0) return;
      this.onProgress(removed.rows);
    }
  }

  /** The trigger lets nobody remove a row who does not say so. */
  private inMaintenance({ sql }: Statement, values: readonly string[]): Promise<Removed[]> {
    return this.database.transaction(async (client) => {
      await client.$executeRaw`SET LOCAL keystream.audit_maintenance = 'on'`;
      return client.$queryRawUnsafe<Removed[]>(sql, ...values);
    });
  }
}
