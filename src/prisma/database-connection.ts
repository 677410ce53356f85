import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type pg from 'pg';
import { StartupError } from '../common/startup-error.js';
import { leadsToPooler } from '../config/database-url.js';
import type { DatabaseLimits, DatabaseSettings } from './database-settings.js';
import { explainFailure } from './database-problem.js';
import { wordsOf } from './error-codes.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { embeddedMigrationTarget } from './embedded-migration-target.js';
import { findPendingMigrations } from './migration-history.js';
import { Migrator } from './migrator.js';
import { isRefusedByPooler } from './pooler-refusal.js';
import { addressOf, openPool, pooledAdapter, type ConnectionLostListener } from './postgres.js';
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

/** Only this process can use the embedded database, so it applies the migrations itself. */
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
    adapter: pooledAdapter(pool, url, limits),
    prepare: async (client) => {
      await refuseUndeclaredPooler(pool, url);
      await refuseUnlessMigrated(client, url);
    },
    close: () => pool.end(),
  };
}

/** A pooler knows nothing of the settings that sessions begin with: it refuses them, or drops them. */
async function refuseUndeclaredPooler(pool: pg.Pool, url: string): Promise<void> {
  // The driver's own error says more than what Prisma makes of it.
  const { rows } = await pool
    .query<{ source: string }>("SELECT source FROM pg_settings WHERE name = 'statement_timeout'")
    .catch((error: unknown) => refuse(url, error));
  if (!leadsToPooler(url) && rows[0]?.source !== 'client') throw undeclaredPooler(url);
}

async function refuseUnlessMigrated(client: DatabaseClient, url: string): Promise<void> {
  const pending = await findPendingMigrations(client).catch((error: unknown) => refuse(url, error));
  if (pending.length === 0) return;
  throw new StartupError(
    `The database at ${addressOf(url)} lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`} ` +
      `that this server needs: ${pending.join(', ')}.\nRun: npm run migrate`,
  );
}

function refuse(url: string, error: unknown): never {
  if (isRefusedByPooler(error) && !leadsToPooler(url)) throw undeclaredPooler(url, { cause: error });
  if (isRefusedByPooler(error)) {
    throw new StartupError(
      `The pooler at ${addressOf(url)} does not take a setting that DATABASE_URL (or PGOPTIONS) begins its sessions ` +
        `with: ${wordsOf(error)}. Leave it out, and set it in the database (ALTER ROLE … SET).`,
      { cause: error },
    );
  }
  const problem = explainFailure(error, SERVER_VARIABLE);
  throw new StartupError(`The database at ${addressOf(url)} cannot be used: ${problem}`, { cause: error });
}

const undeclaredPooler = (url: string, options?: ErrorOptions): StartupError =>
  new StartupError(
    `The database at ${addressOf(url)} does not take the settings that this server begins its sessions with: ` +
      'a pooler stands before it. Add pgbouncer=true to the parameters of DATABASE_URL (docs/operations.md, Poolers).',
    options,
  );
