import type { WaitingUse } from './waiting-use.js';

/** Statements that wait for a key's row at a time, and connections that they hold. */
const MOST_AT_ONCE = 2;
/** Uses in one of them. */
const MAX_BATCH = 100;

/**
 * Uses of keys whose rows other transactions have locked: a change of the key, or another server's batch. Each key waits
 * for its row in a statement of its own, first come, first served, and no other key waits with it.
 */
export class LockedKeys {
  readonly #held = new Map<string, WaitingUse[]>();
  /** Keys that no statement waits for yet. */
  readonly #turns: string[] = [];
  #running = 0;

  /** @param write writes uses of one key when its row is free; it never throws */
  constructor(private readonly write: (uses: readonly WaitingUse[]) => Promise<void>) {}

  /** Whether uses of the key wait here. Those that come after them wait here, too. */
  has(keyId: string): boolean {
    return this.#held.has(keyId);
  }

  add(keyId: string, use: WaitingUse): void {
    const held = this.#held.get(keyId);
    if (held) {
      held.push(use);
      return;
    }
    this.#held.set(keyId, [use]);
    this.#turns.push(keyId);
    if (this.#running === MOST_AT_ONCE) return;
    this.#running += 1;
    void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (let keyId = this.#turns.shift(); keyId !== undefined; keyId = this.#turns.shift()) {
      const held = this.#held.get(keyId) ?? [];
      await this.write(held.splice(0, MAX_BATCH));
      if (held.length > 0) this.#turns.push(keyId);
      else this.#held.delete(keyId);
    }
    this.#running -= 1;
  }
}
