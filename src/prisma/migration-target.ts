import { openEmbeddedDatabase } from './embedded-database.js';
import { embeddedMigrationTarget } from './embedded-migration-target.js';
import type { MigrationTarget } from './migrator.js';
import { openPostgresMigrationTarget } from './postgres-migration-target.js';

/**
 * The database to migrate: the server's with the role that owns the tables, or else the embedded one.
 *
 * @throws StartupError where another process has the embedded database open
 */
export async function openMigrationTarget(settings: {
  readonly migrationUrl: string | null;
  readonly migrationVariable?: string;
  readonly dataDir: string;
}): Promise<MigrationTarget> {
  if (settings.migrationUrl !== null)
    return openPostgresMigrationTarget(settings.migrationUrl, settings.migrationVariable);
  return embeddedMigrationTarget(await openEmbeddedDatabase(settings.dataDir));
}
