import { IV_BYTES, TAG_BYTES } from './aes-cbc-hmac.js';
import { KEY_ID_BYTES } from './keyring.js';
import { contextParts, type SealContext } from './seal-context.js';

declare const sealed: unique symbol;

/** A sealed record as it is stored. Its type keeps it apart from other text; a {@link Secret} is no text at all. */
export type SealedEnvelope = string & { readonly [sealed]: never };

/** The envelope's parts, decoded. */
export interface EnvelopeParts {
  readonly keyId: string;
  readonly salt: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export const SALT_BYTES = 32;

const VERSION = 'v1';
const BLOCK_BYTES = 16;
const PARTS = 6;
/** `{"alg":"dir","enc":"A256CBC-HS512"}`: the header under which a JWE library opens the same record. */
const PROTECTED_HEADER = Buffer.from('{"alg":"dir","enc":"A256CBC-HS512"}').toString('base64url');

/** `v1.<key id>.<salt>.<iv>.<ciphertext>.<tag>`, the parts in base64url. */
export function formatEnvelope({ keyId, salt, iv, ciphertext, tag }: EnvelopeParts): SealedEnvelope {
  const encoded = [salt, iv, ciphertext, tag].map((part) => part.toString('base64url'));
  return [VERSION, keyId, ...encoded].join('.') as SealedEnvelope;
}

/** @returns null for a text that {@link formatEnvelope} would not have written exactly so */
export function parseEnvelope(text: string): EnvelopeParts | null {
  // One part more than there may be: a text of nothing but dots is not taken apart whole.
  const [version, keyId, ...encoded] = text.split('.', PARTS + 1);
  if (version !== VERSION || keyId === undefined || encoded.length !== PARTS - 2) return null;
  const [id, salt, iv, ciphertext, tag] = [keyId, ...encoded].map(decode);
  if (id?.length !== KEY_ID_BYTES || salt?.length !== SALT_BYTES) return null;
  if (iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES) return null;
  if (!ciphertext || ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0) return null;
  return { keyId, salt, iv, ciphertext, tag };
}

/** Node's decoder skips what is not base64url and ignores spare bits: only what encodes to the same text is taken. */
export function decode(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/**
 * The associated data: version, key id, salt and context as a JSON array, which no two different lists share, in the
 * form that RFC 7516 section 5.1 gives to a JWE's `aad`.
 */
export function associatedData(
  { keyId, salt }: Pick<EnvelopeParts, 'keyId' | 'salt'>,
  context: SealContext,
): Buffer {
  return Buffer.from(`${PROTECTED_HEADER}.${jweAad({ keyId, salt }, context)}`, 'ascii');
}

/** The `aad` member of the JWE that is the same record. */
export function jweAad({ keyId, salt }: Pick<EnvelopeParts, 'keyId' | 'salt'>, context: SealContext): string {
  const bound = [VERSION, keyId, salt.toString('base64url'), ...contextParts(context)];
  return Buffer.from(JSON.stringify(bound)).toString('base64url');
}
