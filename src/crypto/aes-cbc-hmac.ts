import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/** MAC key and encryption key together: the first and the last 32 bytes (RFC 7518 section 5.2.2.1). */
export const KEY_BYTES = 64;
export const IV_BYTES = 16;
export const TAG_BYTES = 32;

const CIPHER = 'aes-256-cbc';
const MAC_KEY_BYTES = 32;

export interface Encrypted {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * A256CBC-HS512 of RFC 7518 section 5.2.5: AES-256-CBC with PKCS #7 padding, then HMAC-SHA-512 over associated data,
 * IV, ciphertext and the associated data's length, cut to 32 bytes.
 *
 * @param key 64 bytes, used for one record, or for the chunks of one content
 * @param iv 16 unpredictable bytes
 */
export function encrypt(key: Buffer, iv: Buffer, associatedData: Buffer, plaintext: Buffer): Encrypted {
  requireLengths(key, iv);
  const cipher = createCipheriv(CIPHER, key.subarray(MAC_KEY_BYTES), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { ciphertext, tag: authenticate(key, iv, associatedData, ciphertext) };
}

/**
 * Opens what {@link encrypt} made. Nothing is decrypted before the tag is found right, in constant time: so the padding
 * reveals nothing to an attacker who cannot make tags.
 *
 * @returns the plaintext in a buffer of its own, which the caller overwrites; null for anything that is not whole
 */
export function decrypt(
  key: Buffer,
  iv: Buffer,
  associatedData: Buffer,
  { ciphertext, tag }: Encrypted,
): Buffer | null {
  requireLengths(key, iv);
  if (tag.length !== TAG_BYTES) return null;
  if (!timingSafeEqual(tag, authenticate(key, iv, associatedData, ciphertext))) return null;
  return decipher(key.subarray(MAC_KEY_BYTES), iv, ciphertext);
}

function authenticate(key: Buffer, iv: Buffer, associatedData: Buffer, ciphertext: Buffer): Buffer {
  const bitLength = Buffer.alloc(8);
  bitLength.writeBigUInt64BE(BigInt(associatedData.length) * 8n);
  return createHmac('sha512', key.subarray(0, MAC_KEY_BYTES))
    .update(associatedData)
    .update(iv)
    .update(ciphertext)
    .update(bitLength)
    .digest()
    .subarray(0, TAG_BYTES);
}

/** Not Buffer.concat, which would leave pieces of the plaintext behind until a later garbage collection. */
function decipher(key: Buffer, iv: Buffer, ciphertext: Buffer): Buffer | null {
  const cipher = createDecipheriv(CIPHER, key, iv);
  const head = cipher.update(ciphertext);
  let tail: Buffer | undefined;
  try {
    tail = cipher.final();
    const plaintext = Buffer.allocUnsafeSlow(head.length + tail.length);
    plaintext.set(head);
    plaintext.set(tail, head.length);
    return plaintext;
  } catch {
    return null;
  } finally {
    head.fill(0);
    tail?.fill(0);
  }
}

function requireLengths(key: Buffer, iv: Buffer): void {
  if (key.length !== KEY_BYTES || iv.length !== IV_BYTES) {
    throw new RangeError(`A256CBC-HS512 takes a key of ${KEY_BYTES} and an IV of ${IV_BYTES} bytes.`);
  }
}
