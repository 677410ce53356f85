import { NIL } from 'uuid';
import { contextOfKey, type SealContext } from '../crypto/seal-context.js';

/**
 * A kind of record that is sealed in the database, one in a row. Every column and expression is our own text and part of
 * statements; the row is called `record` there.
 */
export interface SealedKind {
  /** In the plural, for people. */
  readonly name: string;
  readonly table: string;
  /** The column that names a row. */
  readonly id: string;
  readonly idType: 'uuid' | 'smallint';
  /** No row's id comes before it. */
  readonly lowestId: string;
  readonly envelope: string;
  /** The column that repeats the key id of the envelope, for an index. The envelope is what counts. */
  readonly keyId: string;
  /** What the envelope is bound to beside the row's id: an expression for an array of texts, null where there is none. */
  readonly place: string;
  /** What else changes with the envelope: assignments, each after a comma. */
  readonly changes: string;
  /** @param place as {@link place} has it; null for what belongs nowhere, and so does not open */
  contextOf(id: string, place: readonly string[]): SealContext | null;
}

const storedKeys: SealedKind = {
  name: 'stored keys',
  table: 'sealed_keys',
  id: 'key_id',
  idType: 'uuid',
  lowestId: NIL,
  envelope: 'envelope',
  keyId: 'encryption_key_id',
  // As requests find a key's record: one that does not say that it is the same user's is none.
  // Of a provider's key there is no address, and the array ends before it.
  place: `(SELECT ARRAY[api_keys.user_id, api_keys.provider]
      || CASE WHEN endpoint_url IS NULL THEN '{}' ELSE ARRAY[endpoint_name, endpoint_url] END FROM api_keys
    WHERE api_keys.id = record.key_id AND api_keys.user_id = record.user_id)`,
  // A verdict is about the envelope that did not open.
  changes: ', sealed_at = clock_timestamp(), damaged_digest = NULL',
  contextOf: (id, [userId, provider, name, baseUrl]) => {
    if (userId === undefined || provider === undefined) return null;
    const endpoint = name === undefined || baseUrl === undefined ? null : { name, baseUrl };
    return contextOfKey({ userId, provider, id, endpoint });
  },
};

const checkValue: SealedKind = {
  name: 'check value',
  table: 'vault_state',
  id: 'id',
  idType: 'smallint',
  lowestId: '0',
  envelope: 'canary',
  keyId: 'encryption_key_id',
  place: 'ARRAY[record.environment_name]',
  changes: ', updated_at = clock_timestamp()',
  contextOf: (_id, [environmentName]) =>
    environmentName === undefined ? null : { purpose: 'canary', environmentName },
};

const auditKeys: SealedKind = {
  name: "the trail's keys",
  table: 'audit_keys',
  id: 'generation',
  idType: 'smallint',
  lowestId: '0',
  envelope: 'envelope',
  keyId: 'encryption_key_id',
  place: 'ARRAY[record.public_key]',
  changes: '',
  contextOf: (generation, [publicKey]) =>
    publicKey === undefined ? null : { purpose: 'audit-keys', generation, publicKey },
};

/** Of an attachment its key is sealed with ours: to seal that anew is enough for all of its chunks. */
const attachments: SealedKind = {
  name: 'attachments',
  table: 'attachments',
  id: 'id',
  idType: 'uuid',
  lowestId: NIL,
  envelope: 'envelope',
  keyId: 'encryption_key_id',
  place: 'ARRAY[record.user_id]',
  changes: '',
  contextOf: (attachmentId, [userId]) =>
    userId === undefined ? null : { purpose: 'attachment', userId, attachmentId },
};

/**
 * All that is sealed in the database. What is not in this list is not re-sealed, and is lost when its key is retired: a
 * new kind of record is a new entry. The last one says which key the database belongs to.
 *
 * What servers write while they run also has the trigger `refuse_retired_encryption_key` on its table.
 */
export const sealedKinds: readonly SealedKind[] = [storedKeys, attachments, auditKeys, checkValue];
