import type { DatabaseClient } from './prisma-client.js';
import { hasCode } from './error-codes.js';
import { listMigrationNames } from './migrations-folder.js';

/**
 * Which of this server's migrations the database lacks, in one query that needs no more than the right to read
 * `_prisma_migrations`. Migrations of a newer version are no obstacle: they come before the servers that need them.
 */
export async function findPendingMigrations(client: DatabaseClient): Promise<string[]> {
  const [shipped, applied] = await Promise.all([listMigrationNames(), listApplied(client)]);
  return shipped.filter((name) => !applied.has(name));
}

async function listApplied(client: DatabaseClient): Promise<ReadonlySet<string>> {
  try {
    const rows = await client.$queryRaw<{ migration_name: string }[]>`
      SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    return new Set(rows.map((row) => row.migration_name));
  } catch (error) {
    if (hasCode(error, UNDEFINED_TABLE)) return new Set();
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';
