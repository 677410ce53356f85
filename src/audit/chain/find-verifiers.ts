import type { DatabaseService } from '../../prisma/database.service.js';
import { formatVerifier } from './signed-note.js';
import { signerOf } from './take-checkpoint.js';

/** What checkpoints are checked with, the newest last, as tools for signed notes take it. It needs no key. */
export async function findVerifiers(database: DatabaseService, environmentName: string): Promise<string[]> {
  const rows = await database.client.auditKeys.findMany({
    select: { publicKey: true },
    orderBy: { generation: 'asc' },
  });
  return rows.map(({ publicKey }) =>
    formatVerifier({ name: signerOf(environmentName), publicKey: Buffer.from(publicKey, 'base64') }),
  );
}
