import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { type EncryptionConfig, unwrapped } from '../config/encryption.js';
import { KEY_BYTES } from './aes-cbc-hmac.js';
import type { SealContext, SeriesContext } from './seal-context.js';

export const KEY_ID_BYTES = 8;
const SERIES_KEY_BYTES = 32;

/**
 * An encryption key, from which a working key is derived for each record (HKDF-SHA-512, RFC 5869). It is held by
 * Node's key store, not in a JavaScript buffer.
 */
export class RootKey {
  /** Names the key without revealing it: stored with every record. */
  readonly id: string;
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
    this.id = Buffer.from(this.derive('', 'keystream/v1/key-id', KEY_ID_BYTES)).toString('base64url');
  }

  /** @returns 64 bytes that no other record and no other purpose uses; the caller overwrites them */
  workingKey(salt: Buffer, purpose: SealContext['purpose']): Buffer {
    return Buffer.from(this.derive(salt, `keystream/v1/${purpose}`, KEY_BYTES));
  }

  /** A key that no other series and no other purpose uses. It is held by Node's key store, as this one is. */
  seriesKey(salt: Buffer, { purpose, userId, chatId }: SeriesContext): KeyObject {
    const place = createHash('sha256')
      .update(JSON.stringify([userId, chatId]))
      .digest('base64url');
    const key = Buffer.from(this.derive(salt, `keystream/v2/${purpose}/${place}`, SERIES_KEY_BYTES));
    try {
      return createSecretKey(key);
    } finally {
      key.fill(0);
    }
  }

  private derive(salt: Buffer | string, info: string, length: number): ArrayBuffer {
    return hkdfSync('sha512', this.#key, salt, info, length);
  }
}

/** The current key, which seals and opens, and previous ones, which only open. */
export class Keyring {
  readonly current: RootKey;
  readonly #byId: Map<string, RootKey>;

  constructor(current: KeyObject, previous: readonly KeyObject[] = []) {
    this.current = new RootKey(current);
    const keys = [...previous.map((key) => new RootKey(key)), this.current];
    this.#byId = new Map(keys.map((key) => [key.id, key]));
  }

  /** The ids of the previous keys. */
  get previousIds(): string[] {
    return [...this.#byId.keys()].filter((keyId) => keyId !== this.current.id);
  }

  /** The key that sealed a record; null where it is not among ours. */
  find(keyId: string): RootKey | null {
    return this.#byId.get(keyId) ?? null;
  }

  /** From now on nothing opens that these keys sealed, but for the current one. */
  retire(keyIds: Iterable<string>): void {
    for (const keyId of keyIds) if (keyId !== this.current.id) this.#byId.delete(keyId);
  }
}

/** The configured keys, all of which are unwrapped by now. */
export const keyringOf = ({ currentKey, previousKeys }: EncryptionConfig): Keyring =>
  new Keyring(unwrapped(currentKey), previousKeys.map(unwrapped));
