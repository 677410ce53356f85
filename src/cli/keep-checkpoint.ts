import type { AuditKeyring } from '../audit/chain/audit-keyring.js';
import { CheckpointsRepository } from '../audit/chain/checkpoints.repository.js';
import { signCheckpoint, takeCheckpoint } from '../audit/chain/take-checkpoint.js';
import { writeCheckpointFile } from '../audit/chain/write-checkpoint-file.js';
import type { OpenVault } from './with-vault.js';

/** Takes a checkpoint and keeps it as a server does: in the database, and in AUDIT_CHECKPOINT_FILE. @returns its note */
export async function keepCheckpoint(
  { config, database }: Pick<OpenVault, 'config' | 'database'>,
  keyring: AuditKeyring,
): Promise<string> {
  const { environmentName } = config.general;
  const checkpoint = await takeCheckpoint(database, environmentName);
  const note = signCheckpoint(checkpoint, keyring.current);
  await new CheckpointsRepository(database).add(note, checkpoint.at, null);
  await writeCheckpointFile(config.audit.checkpointFile, note);
  return note;
}
