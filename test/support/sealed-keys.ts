import { createSecretKey } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { Secret } from '../../src/common/secret.js';
import type { SealedEnvelope } from '../../src/crypto/envelope.js';
import { Keyring } from '../../src/crypto/keyring.js';
import type { SealContext } from '../../src/crypto/seal-context.js';
import { Vault } from '../../src/crypto/vault.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { TestDatabase } from './database.js';

export const vaultOf = (current: string, ...previous: readonly string[]): Vault => {
  const [key, ...others] = [current, ...previous].map((hex) => createSecretKey(hex, 'hex'));
  return new Vault(new Keyring(key!, others));
};

/** A key as it is stored. */
export interface StoredRecord {
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  readonly envelope: string;
  readonly encryptionKeyId: string;
}

export const sealText = (vault: Vault, text: string, context: SealContext): SealedEnvelope =>
  vault.seal(Secret.fromText(text), context);

export function sealKey(vault: Vault, userId: string, key: string, id: string = uuidv7()): StoredRecord {
  const provider = 'OPENAI';
  const envelope = sealText(vault, key, { purpose: 'api-key', userId, provider, keyId: id });
  return { id, userId, provider, envelope, encryptionKeyId: vault.currentKeyId };
}

/** The key in a record. @throws EnvelopeError */
export function openKey(vault: Vault, { id, userId, provider, envelope }: StoredRecord): string {
  return vault.open(envelope, { purpose: 'api-key', userId, provider, keyId: id }).reveal();
}

/** One statement that stores all of them, past the server. What is in them is the test's own. */
export function insertOf(records: readonly StoredRecord[]): string {
  const rows = JSON.stringify(records).replace(/'/g, "''");
  const columns = `jsonb_to_recordset('${rows}'::jsonb)
    AS row (id uuid, "userId" text, provider text, envelope text, "encryptionKeyId" text)`;
  return `
    WITH records AS MATERIALIZED (SELECT * FROM ${columns}), keys AS (
      INSERT INTO api_keys (id, user_id, provider, masked_key)
      SELECT id, "userId", provider, 'sk-…' FROM records RETURNING id
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
  return rows.map(({ keyId, envelope, encryptionKeyId, apiKey: { userId, provider } }) => ({
    id: keyId,
    userId,
    provider,
    envelope,
    encryptionKeyId,
  }));
}
