import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { AuditKeyring } from './audit-keyring.js';
import { type LinkRow, selectLinks } from './check-statements.js';
import { type ChainNote, parseNote } from './chain-note.js';
import { type Head, hashOf, type LinkContent, REGISTER } from './link.js';
import { canonicalForm, readTexts } from './trail-event.js';

export interface CheckListener {
  /** @param rows of the trail that were looked at since the last call */
  onProgress(rows: number): void;
  /** @param words which row or link it is, and what is wrong with it */
  onFault(words: string): void;
  onNote?(note: ChainNote, place: Head): void;
}

/** Checks one chain from a link on, and the rows that it names. */
export class ChainCheck {
  readonly #name: string;
  #generation = 0;

  /** @param from what is known to be right */
  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly writer: string,
    private readonly page: number,
    private readonly listener: CheckListener,
  ) {
    this.#name = nameOf(writer);
  }

  /** @returns where the chain ends */
  async run(from: Head): Promise<Head> {
    let last = from;
    for (;;) {
      const values = [this.writer, String(last.number), String(this.page)];
      const rows: LinkRow[] = await this.database.run<LinkRow>(selectLinks, values);
      for (const row of rows) {
        this.checkLink(row, last);
        last = { number: row.number, hash: row.hash };
      }
      this.listener.onProgress(rows.filter(({ texts }) => texts !== null).length);
      if (rows.length < this.page) return last;
      await nextTurn();
    }
  }

  private checkLink(row: LinkRow, before: Head): void {
    const { number, note, eventId } = row;
    const isNext = number === before.number + 1;
    if (!isNext)
      this.fault(`${describeGap(before.number + 1, number - 1)} of ${this.#name} missing: removed`);
    if (eventId !== null) this.checkRow(row, eventId);
    this.checkGeneration(row);
    // Without its row, or the link before, a hash cannot be made again.
    const content = contentOf(row);
    if (isNext && content !== null && !this.hasHash(row, before, content)) {
      const what = eventId === null ? '' : ` (row ${eventId})`;
      this.fault(
        `link ${number} of ${this.#name}${what} has a wrong hash: it was changed, inserted or reordered`,
      );
    }
    const said = note === null ? null : parseNote(note);
    if (said) this.listener.onNote?.(said, row);
  }

  private checkRow({ number, mac, texts, eventGeneration }: LinkRow, eventId: string): void {
    if (texts === null) {
      this.fault(`row ${eventId} is missing: removed (link ${number} of ${this.#name} names it)`);
      return;
    }
    if (mac === null) this.fault(`row ${eventId} has lost its MAC: changed`);
    else if (!isMacOf(this.keyring, mac, eventGeneration, texts))
      this.fault(`row ${eventId} has a wrong MAC: changed`);
  }

  private hasHash(row: LinkRow, before: Head, content: LinkContent): boolean {
    const keys = this.keyring.find(row.generation);
    return keys !== null && hashOf(keys, this.writer, row.number, before.hash, content) === row.hash;
  }

  /** Keys that were given up after a leak make nothing new. */
  private checkGeneration({ number, generation }: LinkRow): void {
    if (generation < this.#generation) {
      this.fault(`link ${number} of ${this.#name} was made with keys that had been given up: inserted`);
    }
    this.#generation = Math.max(this.#generation, generation);
  }

  private fault(words: string): void {
    this.listener.onFault(words);
  }
}

/** What a chain is called in a fault. */
export const nameOf = (writer: string): string =>
  writer === REGISTER ? 'the register of chains' : `chain ${writer}`;

/** @param texts a JSON array */
export const isMacOf = (
  keyring: AuditKeyring,
  mac: string,
  generation: number | null,
  texts: string,
): boolean => {
  const keys = generation === null ? null : keyring.find(generation);
  return keys?.mac(canonicalForm(readTexts(texts))).toString('hex') === mac;
};

function contentOf({ eventId, note, mac }: LinkRow): LinkContent | null {
  if (eventId === null) return { eventId: null, mac: null, note: note ?? '' };
  return mac === null ? null : { eventId, mac, note: null };
}

const describeGap = (first: number, last: number): string =>
  first === last ? `link ${first}` : `links ${first} to ${last}`;
