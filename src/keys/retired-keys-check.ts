import type { Logger } from '@nestjs/common';
import { StartupError } from '../common/startup-error.js';
import type { Vault } from '../crypto/vault.js';
import type { DatabaseService } from '../prisma/database.service.js';
import type { VaultState } from '../prisma/generated/client.js';
import { findRetiredKeys, refuseRetiredKey } from '../sealed-records/retired-keys.js';

/**
 * From now on nothing opens here that a retired key sealed, also where its key is configured. Of a key that is retired
 * later, requests learn from the database, with each record.
 *
 * @returns the ids of the retired keys
 * @throws StartupError where this server would seal with one
 */
export async function dropRetiredKeys(
  database: DatabaseService,
  vault: Vault,
  logger: Logger,
): Promise<ReadonlySet<string>> {
  const retired = new Set((await findRetiredKeys(database)).map(({ id }) => id));
  refuseRetiredKey(retired, vault.currentKeyId);
  for (const keyId of vault.previousKeyIds.filter((id) => retired.has(id))) {
    logger.warn(
      `ENCRYPTION_KEYS_PREVIOUS holds the key ${keyId}, which was retired. It opens nothing: remove it.`,
    );
  }
  vault.retire(retired);
  return retired;
}

export const retiredState = ({ encryptionKeyId }: VaultState): StartupError =>
  new StartupError(
    `The check value in this database (table vault_state) was sealed with the key ${encryptionKeyId}, which was ` +
      'retired: the row is an old one that was put back. Restore the right one from a backup, or delete the row: the ' +
      'next start makes it anew, where it can open all stored keys.',
  );
