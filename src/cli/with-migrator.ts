import { processEnvironment } from '../config/environment.js';
import { loadDatabaseConfig } from '../config/load-config.js';
import { openMigrationTarget } from '../prisma/migration-target.js';
import { Migrator } from '../prisma/migrator.js';
import { addressOf } from '../prisma/postgres.js';
import { print } from './run-command.js';

/** Opens the database that the environment names, and names it, for its migrations; closes it afterwards. */
export async function withMigrator<Result>(work: (migrator: Migrator) => Promise<Result>): Promise<Result> {
  const { migrationUrl, migrationVariable, dataDirectory } = loadDatabaseConfig(processEnvironment());
  const embedded = `the embedded one in ${dataDirectory}`;
  print(`Database: ${migrationUrl === null ? embedded : addressOf(migrationUrl)}`);
  const target = await openMigrationTarget({ migrationUrl, migrationVariable, dataDir: dataDirectory });
  try {
    return await work(new Migrator(target));
  } finally {
    await target.close();
  }
}
