import { createSecretKey } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { Secret } from '../../src/common/secret.js';
import type { SealedEnvelope } from '../../src/crypto/envelope.js';
import { Keyring } from '../../src/crypto/keyring.js';
import { contextOfKey, type SealContext, type StoredKeyPlace } from '../../src/crypto/seal-context.js';
import { Vault } from '../../src/crypto/vault.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { TestDatabase } from './database.js';

export const vaultOf = (current: string, ...previous: readonly string[]): Vault => {
  const [key, ...others] = [current, ...previous].map((hex) => createSecretKey(hex, 'hex'));
  return new Vault(new Keyring(key!, others));
};

/** A key as it is stored. */
export interface StoredRecord extends StoredKeyPlace {
  readonly envelope: string;
  readonly encryptionKeyId: string;
}

export const sealText = (vault: Vault, text: string, context: SealContext): SealedEnvelope =>
  vault.seal(Secret.fromText(text), context);

export function sealKey(
  vault: Vault,
  userId: string,
  key: string,
  id: string = uuidv7(),
  endpoint: StoredKeyPlace['endpoint'] = null,
): StoredRecord {
  const place = { id, userId, provider: endpoint ? 'CUSTOM' : 'OPENAI', endpoint };
  const envelope = sealText(vault, key, contextOfKey(place));
  return { ...place, envelope, encryptionKeyId: vault.currentKeyId };
}

/** The key in a record. @throws EnvelopeError */
export function openKey(vault: Vault, { envelope, ...place }: StoredRecord): string {
  return vault.open(envelope, contextOfKey(place)).reveal();
}

/** One statement that stores all of them, past the server. What is in them is the test's own. */
export function insertOf(records: readonly StoredRecord[]): string {
  const rows = JSON.stringify(records).replace(/'/g, "''");
  const columns = `jsonb_to_recordset('${rows}'::jsonb)
    AS row (id uuid, "userId" text, provider text, endpoint jsonb, envelope text, "encryptionKeyId" text)`;
  return `
    WITH records AS MATERIALIZED (SELECT * FROM ${columns}), keys AS (
      INSERT INTO api_keys (id, user_id, provider, endpoint_name, endpoint_url, endpoint_slot, masked_key)
      SELECT id, "userId", provider, coalesce(endpoint->>'name', ''), endpoint->>'baseUrl',
        CASE WHEN endpoint->>'name' IS NOT NULL THEN 1 END, 'sk-…'
      FROM records RETURNING id
    )
    INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
    SELECT id, "userId", envelope, "encryptionKeyId" FROM records JOIN keys USING (id)`;
}

/** Opens a database that no server has open, as the server does. */
export async function withDatabase<Result>(
  { environment }: TestDatabase,
  work: (database: DatabaseService) => Promise<Result>,
): Promise<Result> {
  const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = environment;
  const database = new DatabaseService({ url, dataDir });
  await database.onModuleInit();
  try {
    return await work(database);
  } finally {
    await database.onApplicationShutdown();
  }
}

/** All that is stored, by the users' ids. */
export async function readRecords(database: DatabaseService): Promise<StoredRecord[]> {
  const rows = await database.client.sealedKey.findMany({
    include: { apiKey: true },
    orderBy: { userId: 'asc' },
  });
  return rows.map(({ keyId, envelope, encryptionKeyId, apiKey }) => ({
    id: keyId,
    userId: apiKey.userId,
    provider: apiKey.provider,
    endpoint: apiKey.endpointUrl === null ? null : { name: apiKey.endpointName, baseUrl: apiKey.endpointUrl },
    envelope,
    encryptionKeyId,
  }));
}
