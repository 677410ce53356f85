import { createSecretKey, type KeyObject } from 'node:crypto';
import { checkIsRandom, repeatsUnit } from './randomness.js';
import { InvalidValueError } from './variable.js';

const BYTES = 32;
const NEEDED = `needs exactly ${2 * BYTES} hex characters (${BYTES} bytes)`;

/**
 * Checks that `text` is a 256-bit key in hex that may have been in use. One made of a single byte never was; what else
 * is weak may be all that opens records of an older version. Checked by pattern, for `Buffer.from(…, 'hex')` never throws: it returns
 * fewer bytes.
 *
 * @returns the key in lower case, so that two spellings of a key compare equal
 * @throws InvalidValueError with a message for each mistake people make, and never with the value
 */
export function encryptionKey(text: string): string {
  if (text.length === BYTES) {
    throw new InvalidValueError(
      `has ${BYTES} characters, which is 16 bytes in hex and half of what AES-256 takes; ${NEEDED}`,
    );
  }
  if (text.length !== 2 * BYTES) throw new InvalidValueError(`has ${text.length} characters; ${NEEDED}`);
  if (!/^[\da-f]+$/i.test(text))
    throw new InvalidValueError(`has characters other than 0-9 and a-f; ${NEEDED}`);
  const key = text.toLowerCase();
  if (repeatsUnit(key, 2))
    throw new InvalidValueError('repeats one byte, so it is not random; make a new one');
  return key;
}

/**
 * Checks that `text` is a 256-bit key in hex, and fit to seal with.
 *
 * @returns the key in lower case
 * @throws InvalidValueError
 */
export function sealingKey(text: string): string {
  const key = encryptionKey(text);
  checkIsRandom(key);
  return key;
}

/**
 * Gives the key to Node's key store, and leaves no buffer with it behind.
 *
 * @param hex what {@link encryptionKey} returned
 */
export function importEncryptionKey(hex: string): KeyObject {
  // Not Buffer.from, which would leave the key in Node's shared pool.
  const bytes = Buffer.allocUnsafeSlow(BYTES);
  try {
    bytes.write(hex, 'hex');
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * The key in what a key service unwrapped: 32 bytes as they are, or 64 hex characters, which may end in a line break.
 *
 * @throws InvalidValueError
 */
export function importUnwrappedKey(plaintext: Buffer): KeyObject {
  const hex = plaintext.length === BYTES ? plaintext.toString('hex') : plaintext.toString('latin1');
  return importEncryptionKey(sealingKey(hex.replace(/\r?\n$/, '')));
}
