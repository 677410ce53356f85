import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { decode, SALT_BYTES, type SealedEnvelope } from './envelope.js';
import { EnvelopeError } from './envelope-error.js';
import type { Keyring, RootKey } from './keyring.js';
import type { SeriesContext } from './seal-context.js';

const VERSION = 'v2';
const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const PARTS = 5;
const COUNT = /^[1-9]\d{0,9}$/;

/** The nonce of a record. @throws RangeError beyond 2³² − 1 records: by then a key has sealed enough */
function nonceOf(count: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(count, NONCE_BYTES - 4);
  return nonce;
}

/** The associated data: the record up to its ciphertext, and its number. */
const associatedData = (head: string, seq: number): Buffer => Buffer.from(`${head}.${String(seq)}`, 'ascii');

/**
 * Seals texts one after the other under one key, which is derived once: what a chat writes while it runs.
 *
 * Invariants: the key belongs to this object alone, by its random salt, and is held by Node's key store. A nonce is
 * the count of what this object sealed, so none comes twice, whatever is sealed, and however often.
 */
export class SeriesSealer {
  readonly #start: string;
  readonly #key: KeyObject;
  #count = 0;

  constructor(root: RootKey, context: SeriesContext) {
    const salt = randomBytes(SALT_BYTES);
    this.#start = `${VERSION}.${root.id}.${salt.toString('base64url')}`;
    this.#key = root.seriesKey(salt, context);
  }

  /** @param seq the record's number in its series: it opens under no other */
  seal(text: string, seq: number): SealedEnvelope {
    this.#count += 1;
    const head = `${this.#start}.${String(this.#count)}`;
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(this.#count), { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(head, seq));
    const ciphertext = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `${head}.${Buffer.concat(ciphertext).toString('base64url')}` as SealedEnvelope;
  }
}

/** Opens what any {@link SeriesSealer} sealed for the same context. It keeps the key that it used last. */
export class SeriesOpener {
  #last: { readonly start: string; readonly key: KeyObject } | null = null;

  constructor(
    private readonly keyring: Keyring,
    private readonly context: SeriesContext,
  ) {}

  /** @throws EnvelopeError, the same one for every fault */
  open(envelope: string, seq: number): string {
    const text = this.#tryOpen(envelope, seq);
    if (text === null) throw new EnvelopeError();
    return text;
  }

  #tryOpen(envelope: string, seq: number): string | null {
    const [version, keyId = '', salt = '', count = '', encoded = '', ...rest] = envelope.split(
      '.',
      PARTS + 1,
    );
    if (version !== VERSION || rest.length > 0 || !COUNT.test(count) || Number(count) >= 2 ** 32) return null;
    const sealed = decode(encoded);
    const key = this.#keyOf(keyId, salt);
    if (key === null || sealed === null || sealed.length < TAG_BYTES) return null;
    const decipher = createDecipheriv(CIPHER, key, nonceOf(Number(count)), { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData([version, keyId, salt, count].join('.'), seq));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString();
    } catch {
      return null;
    }
  }

  #keyOf(keyId: string, salt: string): KeyObject | null {
    const start = `${keyId}.${salt}`;
    if (this.#last?.start === start) return this.#last.key;
    const key = this.keyring.find(keyId)?.seriesKey(Buffer.from(salt, 'base64url'), this.context) ?? null;
    if (key) this.#last = { start, key };
    return key;
  }
}
