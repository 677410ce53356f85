import type { TestDatabase } from './database.js';

/** From now on sessions begin read-only, and there are no others: what was the primary starts again as a standby. */
export async function demote(database: TestDatabase): Promise<void> {
  await database.execute(`
    DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    END $$`);
}

/** New sessions may write, and those that there are may not: the address leads to another server, the new primary. */
export function promote(database: TestDatabase): Promise<void> {
  return database.execute(`
    BEGIN READ WRITE;
    DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database());
    END $$;
    COMMIT`);
}
