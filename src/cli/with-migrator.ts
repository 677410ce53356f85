import { processEnvironment } from '../config/environment.js';
import { loadDatabaseConfig } from '../config/load-config.js';
import { openMigrationTarget } from '../prisma/migration-target.js';
import { Migrator } from '../prisma/migrator.js';
import { print } from './run-command.js';

/** Opens the database that the environment names, and names it, for its migrations; closes it afterwards. */
export async function withMigrator<Result>(work: (migrator: Migrator) => Promise<Result>): Promise<Result> {
  const { migrationUrl, dataDirectory } = loadDatabaseConfig(processEnvironment());
  print(`Database: ${describe(migrationUrl, dataDirectory)}`);
  const target = await openMigrationTarget({ migrationUrl, dataDir: dataDirectory });
  try {
    return await work(new Migrator(target));
  } finally {
    await target.close();
  }
}

/** Which database it is, without its user and password. */
function describe(migrationUrl: string | null, dataDirectory: string): string {
  if (migrationUrl === null) return `the embedded one in ${dataDirectory}`;
  const { host, pathname } = new URL(migrationUrl);
  return `PostgreSQL, ${decodeURI(pathname.slice(1))}${host && ` on ${host}`}`;
}
