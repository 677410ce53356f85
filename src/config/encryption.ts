import { KeyObject } from 'node:crypto';
import { encryptionKey, importEncryptionKey, sealingKey } from './encryption-key.js';
import type { GeneralConfig } from './general.js';
import { type KeyServicesConfig, readKeyServices } from './key-services.js';
import { listOf } from './parsers.js';
import type { SecretSource } from './secret-source.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';
import { type KeyServiceName, looksWrapped, type WrappedKey, wrappedKey } from './wrapped-key.js';

/** An encryption key of 32 bytes, or one that a key service has to unwrap first. */
export type EncryptionKey = KeyObject | WrappedKey;

export interface EncryptionConfig {
  /** Seals and opens. */
  readonly currentKey: EncryptionKey;
  /** Open only. */
  readonly previousKeys: readonly EncryptionKey[];
  readonly keyServices: KeyServicesConfig;
}

export const encryptionVariables = {
  current: {
    name: 'ENCRYPTION_KEY',
    meaning: '64 hex characters that seal the stored keys; required in production, else made in DATA_DIR',
    default: null,
    parse: sealingKey,
    secret: true,
  } satisfies Variable<string>,
  wrapped: {
    name: 'ENCRYPTION_KEY_WRAPPED',
    meaning: 'the same, wrapped: aws-kms:<base64> or vault:<mount>/<key>:<ciphertext>; unwrapped at start',
    default: null,
    parse: wrappedKey,
    secret: true,
  } satisfies Variable<WrappedKey>,
  previous: {
    name: 'ENCRYPTION_KEYS_PREVIOUS',
    meaning: 'comma-separated previous encryption keys, in hex or wrapped, for reading only',
    default: null,
    parse: listOf((text) => (looksWrapped(text) ? wrappedKey(text) : encryptionKey(text))),
    secret: true,
  } satisfies Variable<readonly (string | WrappedKey)[]>,
};

/** The checks that need no secret made for development. */
export function checkEncryption(reader: VariableReader, { production }: GeneralConfig): void {
  const { current, wrapped, previous } = encryptionVariables;
  if (reader.isSet(current) && reader.isSet(wrapped)) {
    reader.report(wrapped, `is set beside ${reader.nameOf(current)}; set one of them`);
  }
  if (production && !reader.isSet(current) && !reader.isSet(wrapped)) {
    reader.report(current, `is required in production, unless ${wrapped.name} is set`);
  }
  const currentKey = reader.readOptional(current) ?? reader.readOptional(wrapped);
  const previousKeys = reader.readOptional(previous) ?? [];
  reportRepetitions(reader, currentKey, previousKeys);
  readKeyServices(reader, servicesOf([currentKey, ...previousKeys]));
}

/** @returns null after a mistake, which is reported */
export function readEncryption(reader: VariableReader, secrets: SecretSource): EncryptionConfig | null {
  const wrapped = reader.readOptional(encryptionVariables.wrapped);
  const current = wrapped ?? secrets.get(encryptionVariables.current, 'development-encryption-key');
  const previous = reader.readOptional(encryptionVariables.previous) ?? [];
  if (current === null) return null;
  reportRepetitions(reader, current, previous);
  return {
    currentKey: importUnlessWrapped(current),
    previousKeys: previous.map(importUnlessWrapped),
    keyServices: readKeyServices(reader, servicesOf([current, ...previous])),
  };
}

/**
 * The key itself, for code that runs when all are unwrapped.
 *
 * @throws Error for one that is not
 */
export function unwrapped(key: EncryptionKey): KeyObject {
  if (key instanceof KeyObject) return key;
  throw new Error(`A key that ${key.service} wrapped was not unwrapped.`);
}

const importUnlessWrapped = (key: string | WrappedKey): EncryptionKey =>
  typeof key === 'string' ? importEncryptionKey(key) : key;

const servicesOf = (keys: readonly (string | WrappedKey | null)[]): ReadonlySet<KeyServiceName> =>
  new Set(keys.flatMap((key) => (key === null || typeof key === 'string' ? [] : [key.service])));

function reportRepetitions(
  reader: VariableReader,
  current: string | WrappedKey | null,
  previous: readonly (string | WrappedKey)[],
): void {
  const texts = previous.map((key) => JSON.stringify(key));
  texts.forEach((key, index) => {
    const first = texts.indexOf(key);
    const { current: variable, wrapped } = encryptionVariables;
    const sameAsCurrent = typeof current === 'string' ? variable.name : wrapped.name;
    const repeated =
      key === JSON.stringify(current) ? sameAsCurrent : first < index ? `item ${first + 1}` : null;
    if (repeated !== null) {
      reader.report(encryptionVariables.previous, `item ${index + 1} is the same key as ${repeated}`);
    }
  });
}
