import { InvalidValueError } from './variable.js';

/** An encryption key as a key service wrapped it: only that service can unwrap it. */
export type WrappedKey = KmsWrappedKey | TransitWrappedKey;

export interface KmsWrappedKey {
  readonly service: 'aws-kms';
  /** What AWS KMS returned as CiphertextBlob: base64. */
  readonly ciphertext: string;
}

export interface TransitWrappedKey {
  readonly service: 'vault';
  /** The path at which the transit engine is mounted, and its key. */
  readonly mount: string;
  readonly key: string;
  /** What the engine returned: `vault:v1:` and base64. */
  readonly ciphertext: string;
}

export type KeyServiceName = WrappedKey['service'];

const KMS = /^aws-kms:([A-Za-z\d+/]+={0,2})$/;
const TRANSIT = /^vault:([\w./-]+)\/([\w.-]+):(vault:v[1-9]\d{0,8}:[A-Za-z\d+/]+={0,2})$/;

/** Whether a text is meant to be one. */
export const looksWrapped = (text: string): boolean => /^(aws-kms|vault):/.test(text);

/** @throws InvalidValueError */
export function wrappedKey(text: string): WrappedKey {
  const [, blob] = KMS.exec(text) ?? [];
  if (blob !== undefined && blob.length % 4 === 0) return { service: 'aws-kms', ciphertext: blob };
  const [, mount, key, ciphertext] = TRANSIT.exec(text) ?? [];
  if (mount !== undefined && key !== undefined && ciphertext !== undefined && isPath(`${mount}/${key}`)) {
    return { service: 'vault', mount, key, ciphertext };
  }
  throw new InvalidValueError(
    'must be aws-kms:<base64>, or vault:<mount>/<key>:<ciphertext> with a ciphertext that begins with vault:v',
  );
}

/** Segments that a URL would drop make another path. */
const isPath = (path: string): boolean =>
  path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
