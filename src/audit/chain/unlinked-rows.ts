import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseService } from '../../prisma/database.service.js';
import { selectUnlinked, type UnlinkedRow } from './check-statements.js';

/** A row that has a MAC and no link. */
export type Unlinked = UnlinkedRow & { readonly id: string };

/** Rows without a link, of those behind one and up to another. @param page how many are looked at at a time */
export async function* unlinkedRows(
  database: DatabaseService,
  { after, upTo, page }: { readonly after: string; readonly upTo: string; readonly page: number },
): AsyncGenerator<Unlinked> {
  for (let last: string | null = after; last !== null;) {
    const values: string[] = [last, upTo, String(page)];
    const rows: UnlinkedRow[] = await database.run<UnlinkedRow>(selectUnlinked, values);
    for (const row of rows) if (isUnlinked(row)) yield row;
    last = rows[0]?.lastId ?? null;
    await nextTurn();
  }
}

const isUnlinked = (row: UnlinkedRow): row is Unlinked => row.id !== null;
