import { StartupError } from '../common/startup-error.js';
import type { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import type { RetiredKey } from '../prisma/generated/client.js';
import { sealedKinds } from './sealed-kinds.js';
import { countByKey, type KeyCount } from './sealed-statements.js';

/** How long to wait for those who are writing records, in milliseconds: whoever comes after waits behind. */
const LOCK_MS = 5_000;

/** The floor: under these keys no record opens, whoever has the key. */
export const findRetiredKeys = (database: DatabaseService): Promise<RetiredKey[]> =>
  database.client.retiredKey.findMany({ orderBy: { retiredAt: 'asc' } });

/** @throws StartupError where the current key was retired: what it seals does not open any more */
export function refuseRetiredKey(retired: ReadonlySet<string>, currentKeyId: string): void {
  if (!retired.has(currentKeyId)) return;
  throw new StartupError(
    `ENCRYPTION_KEY (${currentKeyId}) was retired (npm run keys:retire): nothing that it sealed opens any more. ` +
      'Set ENCRYPTION_KEY to the key that this database belongs to, or to a new one.',
  );
}

/** What became of a wish to retire a key; a number: so many records are under it, and it was not retired. */
export type RetireOutcome = 'RETIRED' | 'ALREADY_RETIRED' | number;

/**
 * Retires a key, unless records are under it. Those who write records wait meanwhile; who wrote one under this key before
 * is counted, and who comes after is refused by the database.
 *
 * @throws an error of the code 55P03 where somebody holds the tables for too long
 */
export function retireKey(database: DatabaseService, id: string): Promise<RetireOutcome> {
  return database.transaction(async (client) => {
    await client.$executeRawUnsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    const tables = sealedKinds.map(({ table }) => table).join(', ');
    await client.$executeRawUnsafe(`LOCK TABLE ${tables} IN SHARE ROW EXCLUSIVE MODE`);
    if (await client.retiredKey.findUnique({ where: { id } })) return 'ALREADY_RETIRED';
    const count = await countUnder(client, id);
    if (count > 0) return count;
    await client.retiredKey.create({ data: { id } });
    return 'RETIRED';
  });
}

async function countUnder(client: DatabaseClient, id: string): Promise<number> {
  let total = 0;
  for (const kind of sealedKinds) {
    const counts = await client.$queryRawUnsafe<KeyCount[]>(countByKey(kind).sql);
    total += Number(counts.find(({ keyId }) => keyId === id)?.count ?? 0);
  }
  return total;
}
