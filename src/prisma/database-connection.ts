import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type pg from 'pg';
import { StartupError } from '../common/startup-error.js';
import { turnIsOver } from '../common/event-loop-turn.js';
import { leadsToPooler } from '../config/database-url.js';
import { throughAdapter } from './adapter-statements.js';
import { DATABASE_VARIABLE, type DatabaseLimits, type DatabaseSettings } from './database-settings.js';
import { explainFailure } from './database-problem.js';
import { wordsOf } from './error-codes.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { embeddedMigrationTarget } from './embedded-migration-target.js';
import { findPendingMigrations } from './migration-history.js';
import { Migrator } from './migrator.js';
import { isRefusedByPooler } from './pooler-refusal.js';
import { onPool } from './pool-statements.js';
import { addressOf, openPool, pooledAdapter, type ConnectionLostListener } from './postgres.js';
import type { DatabaseClient } from './prisma-client.js';
import type { RunStatement } from './statement.js';

/** The database that the settings name: the embedded one, or a pool of connections to a server. */
export interface DatabaseConnection {
  readonly adapter: SqlDriverAdapterFactory;
  /** What runs statements below Prisma, on the same connections. */
  statements(): Promise<RunStatement>;
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
    : Promise.resolve(openServer({ ...settings, url: settings.url }, limits, onConnectionLost));
}

/** Only this process can use the embedded database, so it applies the migrations itself. */
async function openEmbedded(dataDir: string): Promise<DatabaseConnection> {
  const database = await openEmbeddedDatabase(dataDir);
  const adapter = new PrismaPGlite(database.pglite);
  return {
    adapter,
    statements: async () => {
      const run = throughAdapter(await adapter.connect());
      return async (statement, values) => {
        // It computes in this process, and what waits for it goes on in the turn in which it ends.
        const pause = turnIsOver();
        if (pause) await pause;
        return run(statement, values);
      };
    },
    prepare: async () => {
      await new Migrator(embeddedMigrationTarget(database)).apply();
    },
    close: database.close,
  };
}

/** A database on a server, and the variable that says where it is. */
interface Server extends Pick<DatabaseSettings, 'variable'> {
  readonly url: string;
}

function openServer(
  server: Server,
  limits: DatabaseLimits,
  onConnectionLost: ConnectionLostListener,
): DatabaseConnection {
  const { url } = server;
  const pool = openPool(url, limits, onConnectionLost);
  const adapter = pooledAdapter(pool, url, limits);
  return {
    adapter,
    // Behind a pooler the next transaction may meet a session that has prepared nothing.
    statements: async () => (leadsToPooler(url) ? throughAdapter(await adapter.connect()) : onPool(pool)),
    prepare: async (client) => {
      await refuseUndeclaredPooler(pool, server);
      await refuseUnlessMigrated(client, server);
    },
    close: () => pool.end(),
  };
}

/** A pooler knows nothing of the settings that sessions begin with: it refuses them, or drops them. */
async function refuseUndeclaredPooler(pool: pg.Pool, server: Server): Promise<void> {
  // The driver's own error says more than what Prisma makes of it.
  const { rows } = await pool
    .query<{ source: string }>("SELECT source FROM pg_settings WHERE name = 'statement_timeout'")
    .catch((error: unknown) => refuse(server, error));
  if (!leadsToPooler(server.url) && rows[0]?.source !== 'client') throw undeclaredPooler(server);
}

async function refuseUnlessMigrated(client: DatabaseClient, server: Server): Promise<void> {
  const pending = await findPendingMigrations(client).catch((error: unknown) => refuse(server, error));
  if (pending.length === 0) return;
  throw new StartupError(
    `The database at ${addressOf(server.url)} lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`} ` +
      `that this server needs: ${pending.join(', ')}.\nRun: npm run migrate`,
  );
}

function refuse(server: Server, error: unknown): never {
  const { url, variable = DATABASE_VARIABLE } = server;
  if (isRefusedByPooler(error) && !leadsToPooler(url)) throw undeclaredPooler(server, { cause: error });
  if (isRefusedByPooler(error)) {
    throw new StartupError(
      `The pooler at ${addressOf(url)} does not take a setting that ${variable} (or PGOPTIONS) begins its sessions ` +
        `with: ${wordsOf(error)}. Leave it out, and set it in the database (ALTER ROLE … SET).`,
      { cause: error },
    );
  }
  const problem = explainFailure(error, variable);
  throw new StartupError(`The database at ${addressOf(url)} cannot be used: ${problem}`, { cause: error });
}

const undeclaredPooler = (
  { url, variable = DATABASE_VARIABLE }: Server,
  options?: ErrorOptions,
): StartupError =>
  new StartupError(
    `The database at ${addressOf(url)} does not take the settings that this server begins its sessions with: ` +
      `a pooler stands before it. Add pgbouncer=true to the parameters of ${variable} (docs/operations.md, Poolers).`,
    options,
  );
