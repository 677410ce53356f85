import { randomBytes } from 'node:crypto';
import type { Secret } from '../common/secret.js';
import { decrypt, encrypt, IV_BYTES, KEY_BYTES, TAG_BYTES } from './aes-cbc-hmac.js';
import { EnvelopeError } from './envelope-error.js';

/** Where a chunk belongs within its content. It is authenticated with the chunk. */
export interface ChunkPlace {
  /** Of the content. */
  readonly id: string;
  /** From 0. */
  readonly index: number;
  /** No chunk comes after it: so a content that was cut is not whole. */
  readonly isLast: boolean;
}

const VERSION = 'chunk-v1';

const associatedData = ({ id, index, isLast }: ChunkPlace): Buffer =>
  Buffer.from(JSON.stringify([VERSION, id, index, isLast]));

/** How many random bytes a content's key has. */
export const CONTENT_KEY_BYTES = KEY_BYTES;

/**
 * Seals one content, chunk by chunk, under a random key of its own, which a vault seals (docs/adr/0015-attachments.md): so to
 * rotate is to seal a key anew, however large the content is.
 *
 * A chunk is `IV ‖ tag ‖ ciphertext`, of A256CBC-HS512 with an IV of its own.
 */
export class ContentKey {
  /** @param secret {@link CONTENT_KEY_BYTES} bytes, which {@link destroy} overwrites */
  constructor(private readonly secret: Secret) {}

  seal(chunk: Buffer, place: ChunkPlace): Buffer {
    const iv = randomBytes(IV_BYTES);
    const { ciphertext, tag } = encrypt(this.secret.revealBytes(), iv, associatedData(place), chunk);
    return Buffer.concat([iv, tag, ciphertext]);
  }

  /** @throws EnvelopeError, the same one for every fault */
  open(sealed: Buffer, place: ChunkPlace): Buffer {
    const start = IV_BYTES + TAG_BYTES;
    const iv = sealed.subarray(0, IV_BYTES);
    const parts = { ciphertext: sealed.subarray(start), tag: sealed.subarray(IV_BYTES, start) };
    const isWhole = sealed.length > start;
    const chunk = isWhole ? decrypt(this.secret.revealBytes(), iv, associatedData(place), parts) : null;
    if (chunk === null) throw new EnvelopeError();
    return chunk;
  }

  destroy(): void {
    this.secret.destroy();
  }
}
