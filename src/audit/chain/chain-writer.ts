import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { BoundedLines } from '../../common/bounded-lines.js';
import type { AuditKeys } from '../../crypto/audit-keys.js';
import type { DatabaseService } from '../../prisma/database.service.js';
import { wordsOf } from '../../prisma/error-codes.js';
import type { AuditKeyring } from './audit-keyring.js';
import { selectLinked } from './chain-statements.js';
import { DoubtfulRows } from './doubtful-rows.js';
import { emptyHead, type Head, type Link, nextLink } from './link.js';
import { Links } from './links.js';
import { countRowsBefore } from './rows-before.js';
import type { SealedEvent } from './trail-event.js';

/** How long a row waits for others to be linked with, and how long one waits that could not be, in milliseconds. */
const GATHER_MS = 250;
const RETRY_MS = 2_000;
/** Links in one statement: some milliseconds of hashes. */
const BATCH = 500;
/** Rows that wait for their links. Of more, the next start links the rest. */
const MAX_PENDING = 100_000;

/** This process's chain. */
interface OwnChain {
  readonly writer: string;
  readonly keys: AuditKeys;
  head: Head;
}

/**
 * Links rows that were committed, in a chain of this process.
 *
 * Invariants: a row is linked after it was committed, so one that was rolled back leaves no gap. A chain has one process
 * that adds to it: another one that ends it makes this one begin a new one, and nothing is linked twice.
 */
export class ChainWriter {
  readonly #lines = new BoundedLines(new Logger('AuditTrail'));
  readonly #links: Links;
  /** MACs of rows that have no link yet, by their ids. */
  readonly #pending = new Map<string, string>();
  /** Rows that may have been committed. */
  readonly #doubtful = new DoubtfulRows();
  #chain: OwnChain | null = null;
  #opening: Promise<OwnChain> | null = null;
  /** Whether the database may know more of the chain than this process. */
  #isUncertain = false;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> | null = null;

  /** @param server who this process is for the others, as long as it lives */
  constructor(
    private readonly database: DatabaseService,
    private readonly keyring: AuditKeyring,
    private readonly server: string,
  ) {
    this.#links = new Links(database);
  }

  /** How many rows wait for their links. */
  get pending(): number {
    return this.#pending.size;
  }

  /** The writer of this process's chain; null where it has none now. */
  get writer(): string | null {
    return this.#chain?.writer ?? null;
  }

  /** Rows whose statement got no answer: they are looked for. */
  doubt(events: readonly SealedEvent[]): void {
    this.#doubtful.add(events);
    this.#soon(RETRY_MS);
  }

  /** Rows that were committed. Never throws, and waits for nothing. */
  add(events: Iterable<Pick<SealedEvent, 'id' | 'mac'>>): void {
    for (const { id, mac } of events) {
      if (this.#pending.size >= MAX_PENDING) {
        this.#lines.warn('Too many rows of the audit trail wait for their links: they are linked later');
        break;
      }
      this.#pending.set(id, mac);
    }
    if (this.#pending.size > 0) this.#soon(GATHER_MS);
  }

  /** Links what waits, as far as the database lets it. Never throws. */
  flush(): Promise<void> {
    return (this.#flushing ??= this.#linkAll()
      .catch((error: unknown) => {
        this.#isUncertain = true;
        const reason = wordsOf(error);
        this.#lines.warn('Rows of the audit trail could not be linked. It is tried again', {}, { reason });
        this.#soon(RETRY_MS);
      })
      .finally(() => {
        this.#flushing = null;
      }));
  }

  /** Links what waits, and ends this process's chain. The next row begins another one. Never throws. */
  async close(): Promise<void> {
    await this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lines.flush();
    const chain = this.#chain;
    this.#chain = null;
    // What is left open is closed by another server, or by the next start.
    if (chain) await this.#links.close(chain.keys, chain.writer).catch(() => undefined);
  }

  /** Begins this process's chain, unless it has one. @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  async begin(): Promise<void> {
    await this.#flushing;
    if (this.#chain === null) await this.#open();
  }

  /** Ends the chain where there are newer keys. */
  async renew(): Promise<void> {
    if (this.#chain && this.#chain.keys.generation !== this.keyring.current.generation) await this.close();
  }

  #soon(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, milliseconds).unref();
  }

  async #linkAll(): Promise<void> {
    for (const { id, mac } of await this.#doubtful.findWritten(this.database)) this.#pending.set(id, mac);
    if (this.#doubtful.size > 0) this.#soon(RETRY_MS);
    while (this.#pending.size > 0) {
      if (this.#isUncertain) await this.#resume();
      const chain = this.#chain ?? (await this.#open());
      const batch = [...this.#pending].slice(0, BATCH);
      const links: Link[] = [];
      let { head } = chain;
      for (const [eventId, mac] of batch) {
        const link = nextLink(chain.keys, chain.writer, head, { eventId, mac, note: null });
        links.push(link);
        head = link;
      }
      if (await this.#links.add(chain.keys, links)) {
        chain.head = head;
        for (const [eventId] of batch) this.#pending.delete(eventId);
      } else this.#isUncertain = true;
    }
  }

  /** What is in the database counts: links that were added without an answer, by others, or the end of the chain. */
  async #resume(): Promise<void> {
    const batch = [...this.#pending.keys()].slice(0, BATCH);
    for (const { id } of await this.database.run<{ id: string }>(selectLinked, [batch]))
      this.#pending.delete(id);
    if (this.#chain) {
      const { head, isClosed } = await this.#links.findEnd(this.#chain.writer);
      if (isClosed) this.#chain = null;
      else this.#chain.head = head;
    }
    this.#isUncertain = false;
  }

  #open(): Promise<OwnChain> {
    return (this.#opening ??= this.#register().finally(() => {
      this.#opening = null;
    }));
  }

  async #register(): Promise<OwnChain> {
    const { server } = this;
    const keys = this.keyring.current;
    const writer = uuidv7();
    await this.#links.register(keys, async ({ number }) =>
      number === 0 ? { note: await countRowsBefore(this.database) } : null,
    );
    await this.#links.register(keys, () => Promise.resolve({ note: { type: 'OPENED', writer, server } }));
    this.#chain = { writer, keys, head: emptyHead };
    return this.#chain;
  }
}
