import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX, NIL } from 'uuid';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { Statement } from '../../prisma/statement.js';
import type { ChainNote } from './chain-note.js';
import { canonicalForm, type EventTexts, readTexts, textsOfRow } from './trail-event.js';

const PAGE = 1_000;

const selectPage: Statement = {
  name: 'events-without-mac',
  sql: `
  SELECT event.id::text AS id, array_to_json(${textsOfRow})::text AS texts
  FROM audit_events AS event
  WHERE mac IS NULL AND id > $1::uuid AND id <= $2::uuid AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)
  ORDER BY id LIMIT ${PAGE}`,
};

/** The rows without a MAC behind one and up to another, page by page. @param from null, or the moment from which they count */
export async function* rowsWithoutMac(
  database: DatabaseService,
  after: string,
  upTo: string,
  from: string | null = null,
): AsyncGenerator<{ readonly id: string; readonly texts: EventTexts }[]> {
  for (let last: string | undefined = after; last !== undefined;) {
    const rows: { id: string; texts: string }[] = await database.run(selectPage, [last, upTo, from]);
    if (rows.length > 0) yield rows.map(({ id, texts }) => ({ id, texts: readTexts(texts) }));
    last = rows.length < PAGE ? undefined : rows.at(-1)?.id;
    await nextTurn();
  }
}

/** What there is of the time before rows had a MAC: all of it, or what the register counts. */
export async function countRowsBefore(
  database: DatabaseService,
  counted: { readonly lastId: string | null; readonly from: string | null } | null = null,
): Promise<Extract<ChainNote, { type: 'BEFORE' }>> {
  const upTo = counted === null ? MAX : (counted.lastId ?? NIL);
  const from = counted?.from ?? null;
  const hash = createHash('sha256');
  let rows = 0;
  let lastId: string | null = null;
  for await (const page of rowsWithoutMac(database, NIL, upTo, from)) {
    for (const { texts } of page) hash.update(`${canonicalForm(texts)}\n`);
    rows += page.length;
    lastId = page.at(-1)?.id ?? lastId;
  }
  return { type: 'BEFORE', rows, lastId, from, digest: hash.digest('hex') };
}
