import type { DatabaseService } from '../prisma/database.service.js';
import { type SealedKind, sealedKinds } from './sealed-kinds.js';
import { countByKey, type KeyCount } from './sealed-statements.js';

/** How many records of a kind one key sealed. */
export interface RecordCount {
  readonly kind: SealedKind;
  /** As the envelopes say; empty for what is no envelope. */
  readonly keyId: string;
  readonly count: number;
  /** How many of them name another key in their column. */
  readonly misnamed: number;
}

/** Counts all that is sealed in the database, by kind and key. */
export async function countRecords(database: DatabaseService): Promise<RecordCount[]> {
  const counts: RecordCount[] = [];
  for (const kind of sealedKinds) {
    for (const { keyId, count, misnamed } of await database.run<KeyCount>(countByKey(kind), [])) {
      counts.push({ kind, keyId, count: Number(count), misnamed: Number(misnamed) });
    }
  }
  return counts;
}

export const totalOf = (counts: readonly RecordCount[]): number =>
  counts.reduce((total, { count }) => total + count, 0);
