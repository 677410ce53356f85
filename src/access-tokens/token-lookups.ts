import { ServerBusyError } from '../common/server-busy.error.js';
import type { DatabaseService } from '../prisma/database.service.js';
import { selectByHash } from './access-token-statements.js';

/** A token as the database has it. */
export interface FoundToken {
  readonly hash: string;
  readonly id: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

interface Waiting {
  readonly found: Promise<FoundToken | null>;
  readonly resolve: (found: FoundToken | null) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 100;
/** Statements at the same time: one that hangs must not hold up all tokens. */
const MOST_AT_ONCE = 3;
/** Tokens that wait to be looked up. They may be made up: more are refused. */
const MOST_WAITING = 1_000;
/** When a refused caller may try again, in milliseconds. */
const RETRY_AFTER_MS = 2_000;

/**
 * Finds tokens by their hashes, with one statement for all that wait. A client that sends made-up tokens takes a few
 * connections of the database at the most, and a bounded part of the memory.
 */
export class TokenLookups {
  readonly #waiting = new Map<string, Waiting>();
  #running = 0;

  constructor(private readonly database: Pick<DatabaseService, 'run' | 'withinLimit'>) {}

  /** @throws DatabaseUnavailableError, ServerBusyError SERVICE_UNAVAILABLE */
  find(hash: string): Promise<FoundToken | null> {
    return this.database.withinLimit(() => {
      const known = this.#waiting.get(hash);
      if (!known && this.#waiting.size >= MOST_WAITING)
        return Promise.reject(new ServerBusyError(RETRY_AFTER_MS));
      const waiting = known ?? newWaiting();
      this.#waiting.set(hash, waiting);
      if (this.#running < MOST_AT_ONCE) void this.#lookUpAll();
      return waiting.found;
    });
  }

  /** Never throws: each is settled with its own result. */
  async #lookUpAll(): Promise<void> {
    this.#running += 1;
    // What comes in the same turn is looked up together.
    await Promise.resolve();
    while (this.#waiting.size > 0) await this.#lookUp(this.#nextBatch());
    this.#running -= 1;
  }

  #nextBatch(): (readonly [string, Waiting])[] {
    const batch: [string, Waiting][] = [];
    for (const entry of this.#waiting) {
      if (batch.length === MAX_BATCH) break;
      batch.push(entry);
      this.#waiting.delete(entry[0]);
    }
    return batch;
  }

  async #lookUp(batch: readonly (readonly [string, Waiting])[]): Promise<void> {
    try {
      const rows = await this.database.run<FoundToken>(selectByHash, [batch.map(([hash]) => hash)]);
      const found = new Map(rows.map((row) => [row.hash, row]));
      for (const [hash, { resolve }] of batch) resolve(found.get(hash) ?? null);
    } catch (error) {
      for (const [, { reject }] of batch) reject(error);
    }
  }
}

function newWaiting(): Waiting {
  let resolve!: Waiting['resolve'];
  let reject!: Waiting['reject'];
  const found = new Promise<FoundToken | null>((onFound, onError) => {
    resolve = onFound;
    reject = onError;
  });
  // The caller may have stopped waiting.
  found.catch(() => undefined);
  return { found, resolve, reject };
}
