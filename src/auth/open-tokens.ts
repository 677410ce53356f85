import { Injectable, Logger } from '@nestjs/common';

/** The access tokens that have something open on this server, and what is to be done when one of them is revoked. */
@Injectable()
export class OpenTokens {
  readonly #logger = new Logger(OpenTokens.name);
  readonly #listeners = new Map<string, Set<() => void>>();

  /** @param onRevoked is called once at the most @returns stops listening */
  watch(tokenId: string, onRevoked: () => void): () => void {
    const listeners = this.#listeners.get(tokenId) ?? new Set();
    // A function of its own: the same one may be given twice.
    const listener = (): void => onRevoked();
    this.#listeners.set(tokenId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(tokenId) === listeners) this.#listeners.delete(tokenId);
    };
  }

  /** The ids of the tokens. */
  get ids(): string[] {
    return [...this.#listeners.keys()];
  }

  revoke(tokenId: string): void {
    const listeners = this.#listeners.get(tokenId);
    this.#listeners.delete(tokenId);
    for (const listener of listeners ?? []) {
      try {
        listener();
      } catch (error) {
        // The others end all the same.
        this.#logger.error({ err: error }, 'What an access token had open could not be ended');
      }
    }
  }
}
