import { processEnvironment } from '../config/environment.js';
import { loadDatabaseConfig } from '../config/load-config.js';
import { openMigrationTarget } from '../prisma/migration-target.js';
import { Migrator } from '../prisma/migrator.js';

/** Opens the database that the environment names, for its migrations, and closes it afterwards. */
export async function withMigrator<Result>(work: (migrator: Migrator) => Promise<Result>): Promise<Result> {
  const { migrationUrl, dataDirectory } = loadDatabaseConfig(processEnvironment());
  const target = await openMigrationTarget({ migrationUrl, dataDir: dataDirectory });
  try {
    return await work(new Migrator(target));
  } finally {
    await target.close();
  }
}
