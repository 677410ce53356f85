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

/**
 * Finds tokens by their hashes, with one statement at a time for all that wait. Whoever sends tokens that they made up takes
 * one connection of the database at the most.
 */
export class TokenLookups {
  readonly #waiting = new Map<string, Waiting>();
  #isLooking = false;

  constructor(private readonly database: Pick<DatabaseService, 'run' | 'withinLimit'>) {}

  /** @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  find(hash: string): Promise<FoundToken | null> {
    return this.database.withinLimit(() => {
      const waiting = this.#waiting.get(hash) ?? newWaiting();
      this.#waiting.set(hash, waiting);
      if (!this.#isLooking) void this.#lookUpAll();
      return waiting.found;
    });
  }

  /** Never throws: each is settled with its own result. */
  async #lookUpAll(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, MAX_BATCH);
      for (const [hash] of batch) this.#waiting.delete(hash);
      await this.#lookUp(batch);
    }
    this.#isLooking = false;
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
  // Whoever asked may have stopped waiting.
  found.catch(() => undefined);
  return { found, resolve, reject };
}
