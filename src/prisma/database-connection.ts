import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { StartupError } from '../common/startup-error.js';
import type { DatabaseLimits, DatabaseSettings } from './database-settings.js';
import { explainFailure } from './database-problem.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { embeddedMigrationTarget } from './embedded-migration-target.js';
import { findPendingMigrations } from './migration-history.js';
import { Migrator } from './migrator.js';
import { addressOf, openPool, postgresAdapter, type ConnectionLostListener } from './postgres.js';
import type { DatabaseClient } from './prisma-client.js';

/** Says where the server's database is. */
const SERVER_VARIABLE = 'DATABASE_URL';

/** The database that the settings name: the embedded one, or a pool of connections to a server. */
export interface DatabaseConnection {
  readonly adapter: SqlDriverAdapterFactory;
  /**
   * Makes sure that the tables are as this server needs them.
   *
   * @throws StartupError
   */
  prepare(client: DatabaseClient): Promise<void>;
  close(): Promise<void>;
}

export function openConnection(
  settings: DatabaseSettings,
  limits: DatabaseLimits,
  onConnectionLost: ConnectionLostListener,
): Promise<DatabaseConnection> {
  return settings.url === null
    ? openEmbedded(settings.dataDir)
    : Promise.resolve(openServer(settings.url, limits, onConnectionLost));
}

/** Nobody else can use the embedded database, so nobody else is asked to migrate it. */
async function openEmbedded(dataDir: string): Promise<DatabaseConnection> {
  const database = await openEmbeddedDatabase(dataDir);
  return {
    adapter: new PrismaPGlite(database.pglite),
    prepare: async () => {
      await new Migrator(embeddedMigrationTarget(database)).apply();
    },
    close: database.close,
  };
}

function openServer(
  url: string,
  limits: DatabaseLimits,
  onConnectionLost: ConnectionLostListener,
): DatabaseConnection {
  const pool = openPool(url, limits, onConnectionLost);
  return {
    adapter: postgresAdapter(pool, url),
    prepare: async (client) => {
      const address = addressOf(url);
      // The driver's own error says more than what Prisma makes of it.
      await pool.query('SELECT 1').catch((error: unknown) => refuse(address, error));
      await refuseUnlessMigrated(client, address);
    },
    close: () => pool.end(),
  };
}

function refuse(address: string, error: unknown): never {
  const problem = explainFailure(error, SERVER_VARIABLE);
  throw new StartupError(`The database at ${address} cannot be used: ${problem}`, { cause: error });
}

async function refuseUnlessMigrated(client: DatabaseClient, address: string): Promise<void> {
  const pending = await findPendingMigrations(client).catch((error: unknown) => refuse(address, error));
  if (pending.length === 0) return;
  throw new StartupError(
    `The database at ${address} lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`} ` +
      `that this server needs: ${pending.join(', ')}.\nRun: npm run migrate`,
  );
}
