import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secret } from '../common/secret.js';
import { decrypt, encrypt, IV_BYTES } from './aes-cbc-hmac.js';
import { CONTENT_KEY_BYTES, ContentKey } from './content-key.js';
import {
  associatedData,
  formatEnvelope,
  parseEnvelope,
  SALT_BYTES,
  type SealedEnvelope,
} from './envelope.js';
import { EnvelopeError } from './envelope-error.js';
import { Keyring } from './keyring.js';
import type { AttachmentContext, SealContext, SeriesContext, TextContext } from './seal-context.js';
import { SeriesOpener, SeriesSealer } from './series.js';

/**
 * Seals secrets into envelopes and opens them again (docs/adr/0001-envelope.md).
 *
 * Invariants: every record has a working key of its own; it and every plaintext are overwritten before a method
 * returns; nothing is kept between calls. A series is no secret's place: see {@link SeriesSealer}.
 */
@Injectable()
export class Vault {
  constructor(private readonly keyring: Keyring) {}

  /** Names the key that {@link seal} uses. */
  get currentKeyId(): string {
    return this.keyring.current.id;
  }

  /** Whether an envelope of this key can be opened, as far as the key goes. */
  hasKey(keyId: string): boolean {
    return this.keyring.find(keyId) !== null;
  }

  /** Names the keys that {@link open} takes beside it. */
  get previousKeyIds(): string[] {
    return this.keyring.previousIds;
  }

  /** From now on nothing opens that these keys sealed, but for the current one. */
  retire(keyIds: Iterable<string>): void {
    this.keyring.retire(keyIds);
  }

  /** Seals with the current key. The secret stays the caller's, to destroy. */
  seal(secret: Secret, context: SealContext): SealedEnvelope {
    const key = this.keyring.current;
    const record = { keyId: key.id, salt: randomBytes(SALT_BYTES), iv: randomBytes(IV_BYTES) };
    const workingKey = key.workingKey(record.salt, context.purpose);
    try {
      const bound = associatedData(record, context);
      return formatEnvelope({ ...record, ...encrypt(workingKey, record.iv, bound, secret.revealBytes()) });
    } finally {
      workingKey.fill(0);
    }
  }

  /**
   * Opens what was sealed for the same context, with the current key or a previous one.
   *
   * @returns a secret that the caller destroys after use
   * @throws EnvelopeError, the same one for every fault
   */
  open(envelope: string, context: SealContext): Secret {
    const secret = this.tryOpen(envelope, context);
    if (secret === null) throw new EnvelopeError();
    return secret;
  }

  /**
   * Seals anew, with the current key, what was sealed for the same context.
   *
   * @throws EnvelopeError, the same one for every fault
   */
  reseal(envelope: string, context: SealContext): SealedEnvelope {
    const secret = this.open(envelope, context);
    try {
      return this.seal(secret, context);
    } finally {
      secret.destroy();
    }
  }

  /** {@link seal} for text that is no key. Its plaintext is a string, which cannot be overwritten. */
  sealText(text: string, context: TextContext): SealedEnvelope {
    const secret = Secret.fromText(text);
    try {
      return this.seal(secret, context);
    } finally {
      secret.destroy();
    }
  }

  /**
   * Opens what {@link sealText} sealed.
   *
   * @throws EnvelopeError, the same one for every fault
   */
  openText(envelope: string, context: TextContext): string {
    const secret = this.open(envelope, context);
    try {
      return secret.reveal();
    } finally {
      secret.destroy();
    }
  }

  /** A new random key for one content. The caller destroys it. */
  makeContentKey(context: AttachmentContext): {
    readonly key: ContentKey;
    readonly envelope: SealedEnvelope;
  } {
    const bytes = randomBytes(CONTENT_KEY_BYTES);
    const secret = Secret.fromBytes(bytes);
    bytes.fill(0);
    return { key: new ContentKey(secret), envelope: this.seal(secret, context) };
  }

  /**
   * The key of a content, which the caller destroys.
   *
   * @throws EnvelopeError, the same one for every fault
   */
  openContentKey(envelope: string, context: AttachmentContext): ContentKey {
    return new ContentKey(this.open(envelope, context));
  }

  /** What seals texts for one place, one after the other, with the current key. */
  sealerFor(context: SeriesContext): SeriesSealer {
    return new SeriesSealer(this.keyring.current, context);
  }

  /** What opens them, with the current key or a previous one. */
  openerFor(context: SeriesContext): SeriesOpener {
    return new SeriesOpener(this.keyring, context);
  }

  /**
   * The id of the key that sealed the envelope, as the envelope claims.
   *
   * @throws EnvelopeError for what is no envelope of a known version
   */
  keyIdOf(envelope: string): string {
    const parts = parseEnvelope(envelope);
    if (parts === null) throw new EnvelopeError();
    return parts.keyId;
  }

  private tryOpen(envelope: string, context: SealContext): Secret | null {
    const parts = parseEnvelope(envelope);
    const key = parts && this.keyring.find(parts.keyId);
    if (!key) return null;
    const workingKey = key.workingKey(parts.salt, context.purpose);
    let plaintext: Buffer | null = null;
    try {
      plaintext = decrypt(workingKey, parts.iv, associatedData(parts, context), parts);
      return plaintext && Secret.fromBytes(plaintext);
    } finally {
      workingKey.fill(0);
      plaintext?.fill(0);
    }
  }
}
