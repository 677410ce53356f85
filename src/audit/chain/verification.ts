import { setTimeout as delay } from 'node:timers/promises';
import { MAX, NIL } from 'uuid';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { AuditKeyring } from './audit-keyring.js';
import { ChainCheck, type CheckListener, isMacOf, nameOf } from './chain-check.js';
import type { ChainNote } from './chain-note.js';
import { selectLinked } from './chain-statements.js';
import type { Checkpoint } from './checkpoint.js';
import { selectLink, selectWriters } from './check-statements.js';
import { emptyHead, type Head, REGISTER } from './link.js';
import { countRowsBefore, rowsWithoutMac } from './rows-before.js';
import { LATE_MS } from './dead-chains.js';
import { firstIdAt } from './first-id-at.js';
import { unlinkedRows } from './unlinked-rows.js';

/** A row is linked soon after it was committed: one that is older than this and has none was not written by a server. */
const LINKED_WITHIN_MS = 60_000;

/** How long a row that was committed late gets for its link. */
const GRACE_MS = 3_000;
/** Rows without a link that are looked at once more. */
const MAX_UNLINKED = 10_000;

export interface VerificationOptions {
  /** Links and rows that are read at a time. */
  readonly page: number;
  /** What an outsider knows of the trail. */
  readonly known: Checkpoint | null;
  /** Whether only what came after `known` is looked at. */
  readonly isPartial: boolean;
}

interface Closed extends Head {
  /** Where the register says so. */
  readonly place: number;
}

/** Checks the whole trail, or what came after a checkpoint: rows, links, chains. It needs memory for chains, not rows. */
export class Verification {
  /** Rows of the trail that were looked at. */
  rows = 0;
  faults = 0;
  readonly #opened = new Set<string>();
  readonly #closed = new Map<string, Closed>();
  readonly #cuts = new Map<string, Head>();
  #before: Extract<ChainNote, { type: 'BEFORE' }> | null = null;

  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly options: VerificationOptions,
    private readonly listener: Pick<CheckListener, 'onProgress' | 'onFault'>,
  ) {}

  async run(): Promise<void> {
    const register = await this.check(REGISTER, emptyHead, (note, place) => this.take(note, place));
    for (const writer of this.#opened) await this.checkChain(writer);
    await this.checkWriters();
    await this.checkRowsBefore(register);
    await this.checkUnlinked();
    const { known } = this.options;
    if (known) await this.checkHeads(known);
  }

  private take(note: ChainNote, { number: place }: Head): void {
    if (note.type === 'BEFORE') this.#before = note;
    if (note.type === 'OPENED') this.#opened.add(note.writer);
    if (note.type === 'CLOSED') this.#closed.set(note.writer, { ...note, place });
    if (note.type === 'CUT') this.#cuts.set(note.writer, note);
  }

  private check(writer: string, from: Head, onNote?: CheckListener['onNote']): Promise<Head> {
    return new ChainCheck(this.database, this.keyring, writer, this.options.page, {
      onProgress: (rows) => this.progress(rows),
      onFault: (words) => this.fault(words),
      ...(onNote && { onNote }),
    }).run(from);
  }

  private async checkChain(writer: string): Promise<void> {
    const { known, isPartial } = this.options;
    const closed = this.#closed.get(writer);
    if (isPartial && known && closed && closed.place <= known.register.number) return;
    const cut = this.#cuts.get(writer) ?? emptyHead;
    const start = (isPartial && known?.open.get(writer)) || emptyHead;
    const from = start.number > cut.number ? start : cut;
    const end = await this.check(writer, from);
    if (closed && (end.number !== closed.number || end.hash !== closed.hash)) {
      this.fault(
        `chain ${writer} was closed at link ${closed.number} and ends at link ${end.number}: its end was changed`,
      );
    }
  }

  private async checkWriters(): Promise<void> {
    for (const { writer } of await this.database.run<{ writer: string }>(selectWriters, [])) {
      if (writer !== REGISTER && !this.#opened.has(writer))
        this.fault(`chain ${writer} is not in the register: inserted`);
    }
  }

  /** Rows without a MAC are from before there were any. */
  private async checkRowsBefore(register: Head): Promise<void> {
    const before = this.#before;
    if (register.number > 0 && before === null)
      this.fault('the register does not say what there was before it: changed');
    const lastId = before?.lastId ?? NIL;
    if (before && !this.options.isPartial) {
      const { rows, digest } = await countRowsBefore(this.database, before);
      this.progress(rows);
      if (rows !== before.rows || digest !== before.digest) {
        this.fault(
          `of the rows from before MACs, up to row ${lastId}, there were ${before.rows} and are ${rows}: some were changed, ` +
            'removed or inserted',
        );
      }
    }
    if (before === null) return;
    for await (const page of rowsWithoutMac(this.database, lastId, MAX)) {
      for (const { id } of page) this.fault(`row ${id} has no MAC: inserted, or changed`);
    }
  }

  private async checkUnlinked(): Promise<void> {
    const { known, isPartial, page } = this.options;
    const upTo = firstIdAt(Date.now() - LINKED_WITHIN_MS);
    const after = isPartial && known ? firstIdAt(known.at.getTime() - LATE_MS) : NIL;
    const unlinked: string[] = [];
    for await (const row of unlinkedRows(this.database, { after, upTo, page })) {
      if (!isMacOf(this.keyring, row.mac, row.eventGeneration, row.texts))
        this.fault(`row ${row.id} has a wrong MAC and no link: inserted`);
      else if (unlinked.length < MAX_UNLINKED) unlinked.push(row.id);
    }
    await this.checkAgain(unlinked);
  }

  private async checkAgain(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await delay(GRACE_MS);
    const rows = await this.database.run<{ id: string }>(selectLinked, [ids]);
    const linked = new Set(rows.map(({ id }) => id));
    for (const id of ids.filter((each) => !linked.has(each)))
      this.fault(`row ${id} has no link, and is older than a minute: inserted, or its link was removed`);
  }

  private async checkHeads({ register, open }: Checkpoint): Promise<void> {
    await this.checkHead(REGISTER, register);
    for (const [writer, head] of open) await this.checkHead(writer, head);
  }

  private async checkHead(writer: string, { number, hash }: Head): Promise<void> {
    const cut = this.#cuts.get(writer);
    if (number === 0 || (cut && cut.number > number)) return;
    const [link] = await this.database.run<{ hash: string }>(selectLink, [writer, String(number)]);
    const found = cut?.number === number ? cut.hash : link?.hash;
    const name = nameOf(writer);
    if (found === undefined)
      this.fault(`link ${number} of ${name}, which the checkpoint names, is missing: cut off`);
    else if (found !== hash)
      this.fault(`link ${number} of ${name} is another one than the checkpoint names: changed`);
  }

  private progress(rows: number): void {
    this.rows += rows;
    this.listener.onProgress(rows);
  }

  private fault(words: string): void {
    this.faults += 1;
    this.listener.onFault(words);
  }
}
