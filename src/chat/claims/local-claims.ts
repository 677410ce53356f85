import { RequestClaims, type RequestClaim } from './request-claims.js';

interface Entry {
  readonly chatId: string;
  readonly inputDigest: string;
  /** Resolves with whether its chat has started. */
  readonly started: Promise<boolean>;
  readonly settle: (isStarted: boolean) => void;
}

/** Request ids of one server. */
export class LocalClaims extends RequestClaims {
  readonly #entries = new Map<string, Entry>();

  take(userId: string, requestId: string, inputDigest: string, chatId: string): Promise<RequestClaim> {
    const key = JSON.stringify([userId, requestId]);
    const held = this.#entries.get(key);
    const entry = held ?? newEntry(chatId, inputDigest);
    this.#entries.set(key, entry);
    return Promise.resolve({
      isMine: held === undefined,
      chatId: entry.chatId,
      inputDigest: entry.inputDigest,
      sealed: null,
      confirm: () => entry.settle(true),
      release: () => {
        entry.settle(false);
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        return Promise.resolve();
      },
      whenStarted: (signal) => untilAborted(entry.started, signal),
    });
  }
}

function newEntry(chatId: string, inputDigest: string): Entry {
  let settle: Entry['settle'] = () => undefined;
  const started = new Promise<boolean>((resolve) => (settle = resolve));
  return { chatId, inputDigest, started, settle };
}

/** @throws after an abort, `signal.reason` */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    void promise.then((value) => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    });
  });
}
