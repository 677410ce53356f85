import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { StartupError } from '../common/startup-error.js';
import { ConnectionRenewal } from './connection-renewal.js';
import type { DatabaseLimits, DatabaseSettings } from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { embeddedMigrationTarget } from './embedded-migration-target.js';
import { wordsOf } from './error-codes.js';
import { findPendingMigrations } from './migration-history.js';
import { Migrator } from './migrator.js';
import { addressOf, openPool, postgresAdapter, type ConnectionLostListener } from './postgres.js';
import type { DatabaseClient } from './prisma-client.js';

/** The database that the settings name: the embedded one, or a pool of connections to a server. */
export interface DatabaseConnection {
  readonly adapter: SqlDriverAdapterFactory;
  /**
   * Makes sure that the tables are as this server needs them.
   *
   * @throws StartupError
   */
  prepare(client: DatabaseClient): Promise<void>;
  /** Makes new connections, as time allows: the ones that there are lead to a server that takes no changes. */
  renew(): void;
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
    renew: () => undefined,
    close: database.close,
  };
}

function openServer(
  url: string,
  limits: DatabaseLimits,
  onConnectionLost: ConnectionLostListener,
): DatabaseConnection {
  const pool = openPool(url, limits, onConnectionLost);
  const renewal = new ConnectionRenewal(pool);
  return {
    adapter: postgresAdapter(pool, url),
    prepare: (client) => refuseUnlessMigrated(client, addressOf(url)),
    renew: () => renewal.renew(),
    close: () => pool.end(),
  };
}

async function refuseUnlessMigrated(client: DatabaseClient, address: string): Promise<void> {
  const pending = await findPendingMigrations(client).catch((error: unknown) => {
    const unavailable = error instanceof DatabaseUnavailableError;
    const problem = unavailable ? 'cannot be used' : 'does not let this server read _prisma_migrations';
    throw new StartupError(`The database at ${address} ${problem}: ${wordsOf(error)}`, { cause: error });
  });
  if (pending.length === 0) return;
  throw new StartupError(
    `The database at ${address} lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`} ` +
      `that this server needs: ${pending.join(', ')}.\nRun: npm run migrate`,
  );
}
