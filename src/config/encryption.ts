import type { KeyObject } from 'node:crypto';
import { encryptionKey, importEncryptionKey, sealingKey } from './encryption-key.js';
import type { GeneralConfig } from './general.js';
import { listOf } from './parsers.js';
import type { SecretSource } from './secret-source.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface EncryptionConfig {
  /** 32 bytes; seals and opens. */
  readonly currentKey: KeyObject;
  /** 32 bytes each; open only. */
  readonly previousKeys: readonly KeyObject[];
}

export const encryptionVariables = {
  current: {
    name: 'ENCRYPTION_KEY',
    meaning: '64 hex characters that seal the stored keys; required in production, else made in DATA_DIR',
    default: null,
    parse: sealingKey,
    secret: true,
  } satisfies Variable<string>,
  previous: {
    name: 'ENCRYPTION_KEYS_PREVIOUS',
    meaning: 'comma-separated retired encryption keys, for reading only',
    default: null,
    parse: listOf(encryptionKey),
    secret: true,
  } satisfies Variable<readonly string[]>,
};

/** The checks that need no secret made for development. */
export function checkEncryption(reader: VariableReader, { production }: GeneralConfig): void {
  const { current, previous } = encryptionVariables;
  if (production && !reader.isSet(current)) reader.report(current, 'is required in production');
  reportRepetitions(reader, reader.readOptional(current), reader.readOptional(previous) ?? []);
}

/** @returns null after a mistake, which is reported */
export function readEncryption(reader: VariableReader, secrets: SecretSource): EncryptionConfig | null {
  const current = secrets.get(encryptionVariables.current, 'development-encryption-key');
  const previous = reader.readOptional(encryptionVariables.previous) ?? [];
  if (current === null) return null;
  reportRepetitions(reader, current, previous);
  return { currentKey: importEncryptionKey(current), previousKeys: previous.map(importEncryptionKey) };
}

function reportRepetitions(
  reader: VariableReader,
  current: string | null,
  previous: readonly string[],
): void {
  previous.forEach((key, index) => {
    const first = previous.indexOf(key);
    const repeated =
      key === current ? encryptionVariables.current.name : first < index ? `item ${first + 1}` : null;
    if (repeated !== null) {
      reader.report(encryptionVariables.previous, `item ${index + 1} is the same key as ${repeated}`);
    }
  });
}
