import { v7 as uuidv7 } from 'uuid';
import { StartupError } from '../../common/startup-error.js';
import type { DatabaseService } from '../../prisma/database.service.js';
import type { AuditKeyring } from './audit-keyring.js';
import { formatVerifier } from './signed-note.js';
import { signCheckpoint, takeCheckpoint, verifierOf } from './take-checkpoint.js';

/**
 * Makes another generation of the trail's keys, together with a checkpoint that the old ones sign and that names the new
 * public key: so whoever trusted the one can trust the other. Servers take them with their next round.
 *
 * @returns the checkpoint's note
 * @throws StartupError where somebody else does the same at this moment
 */
export async function renewKeys(
  database: DatabaseService,
  keyring: AuditKeyring,
  environmentName: string,
): Promise<string> {
  const old = keyring.current;
  const { keys, row } = keyring.create(old.generation + 1);
  const nextVerifier = formatVerifier(verifierOf(keys, environmentName));
  const checkpoint = { ...(await takeCheckpoint(database, environmentName)), nextVerifier };
  const note = signCheckpoint(checkpoint, old);
  await database.transaction(async (client) => {
    const { count } = await client.auditKeys.createMany({ data: [row], skipDuplicates: true });
    if (count === 0)
      throw new StartupError('The audit trail was given new keys by somebody else at this moment.');
    await client.auditCheckpoint.createMany({ data: [{ id: uuidv7(), at: checkpoint.at, note, ok: null }] });
  });
  await keyring.open();
  return note;
}
