import type { AuditKeys } from '../../crypto/audit-keys.js';
import { hasCode, UNIQUE_VIOLATION } from '../../prisma/error-codes.js';
import type { DatabaseService } from '../../prisma/database.service.js';
import { addLinks, selectHead, selectNotes } from './chain-statements.js';
import { type ChainNote, formatNote, parseNote } from './chain-note.js';
import { emptyHead, type Head, type Link, nextLink, REGISTER } from './link.js';

/** How often others may be faster at the end of a chain. */
const MOST_TRIES = 100;
/** Notes that are read at a time. */
const PAGE = 1_000;

/** A chain that has an end goes no further. */
export interface ChainEnd {
  readonly head: Head;
  readonly isClosed: boolean;
}

export interface NumberedNote extends Head {
  /** Of the keys that made it. */
  readonly generation: number;
  /** Null for one that no server wrote. */
  readonly note: ChainNote | null;
}

/** The links of all chains, as they are in the database. */
export class Links {
  constructor(private readonly database: DatabaseService) {}

  async findEnd(writer: string): Promise<ChainEnd> {
    const [row] = await this.database.run<Head & { readonly note: string | null }>(selectHead, [writer]);
    if (!row) return { head: emptyHead, isClosed: false };
    const { number, hash, note } = row;
    return { head: { number, hash }, isClosed: note !== null && parseNote(note)?.type === 'END' };
  }

  /**
   * All of them, or none.
   *
   * @returns false where a place is taken, or a row has a link already
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE: it is unknown then whether they were added
   */
  async add(keys: AuditKeys, links: readonly Link[]): Promise<boolean> {
    try {
      await this.database.run(addLinks, [
        links.map(({ writer }) => writer),
        links.map(({ number }) => String(number)),
        links.map(({ eventId }) => eventId ?? ''),
        links.map(({ note }) => note ?? ''),
        links.map(({ hash }) => hash),
        String(keys.generation),
      ]);
      return true;
    } catch (error) {
      if (hasCode(error, UNIQUE_VIOLATION)) return false;
      throw error;
    }
  }

  /** Says it in the register, together with links of other chains. @param more makes both; null: there is nothing to say */
  async register(
    keys: AuditKeys,
    more: (register: Head) => Promise<{ readonly note: ChainNote; readonly links?: readonly Link[] } | null>,
  ): Promise<boolean> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { head } = await this.findEnd(REGISTER);
      const entry = await more(head);
      if (entry === null) return false;
      const content = { eventId: null, mac: null, note: formatNote(entry.note) };
      const link = nextLink(keys, REGISTER, head, content);
      if (await this.add(keys, [link, ...(entry.links ?? [])])) return true;
    }
    throw new Error('The register of the audit trail was changed by others all the time.');
  }

  /** Ends a chain where it stands. Whoever adds to it afterwards is refused. @returns false where it had ended */
  close(keys: AuditKeys, writer: string): Promise<boolean> {
    return this.register(keys, async () => {
      const { head, isClosed } = await this.findEnd(writer);
      if (isClosed) return null;
      const content = { eventId: null, mac: null, note: formatNote({ type: 'END' }) };
      const end = nextLink(keys, writer, head, content);
      const { number, hash } = end;
      return { note: { type: 'CLOSED', writer, number, hash }, links: [end] };
    });
  }

  /** What the register says behind a number, in its order. */
  async *notes(after: number): AsyncGenerator<NumberedNote> {
    for (let last: number | undefined = after; last !== undefined;) {
      const rows: (Omit<NumberedNote, 'note'> & { readonly note: string })[] = await this.database.run(
        selectNotes,
        [REGISTER, String(last), String(PAGE)],
      );
      for (const row of rows) yield { ...row, note: parseNote(row.note) };
      last = rows.length < PAGE ? undefined : rows.at(-1)?.number;
    }
  }
}
