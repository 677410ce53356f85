import type { MigrationTarget } from './migrator.js';

/** Prisma's code for a database that holds tables and no history of migrations. */
export const NOT_EMPTY = 'P3005';

/** The engine's own advice is about taking over tables, which are never those of this server. */
export async function explainNotEmpty({ adapter, otherPlace }: MigrationTarget): Promise<string> {
  const { rows } = await (
    await adapter.connect()
  ).queryRaw({ sql: `SELECT to_regclass('sealed_keys')::text`, args: [], argTypes: [] });
  if (rows[0]?.[0] === null) {
    return `The database holds tables that are not this server's, and nothing was changed.\n${otherPlace}`;
  }
  return (
    "The database holds this server's tables without the history of their migrations (_prisma_migrations), and nothing " +
    'was changed.\nWhere a backup was restored in part, restore the whole of it. Tables that npx prisma db push made ' +
    `lack what guards them: they cannot be taken over.\n${otherPlace}`
  );
}
