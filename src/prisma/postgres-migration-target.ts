import { ColumnTypeEnum, type SqlDriverAdapter, type SqlQuery } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { StartupError } from '../common/startup-error.js';
import { hasCode, READ_ONLY } from './error-codes.js';
import { migrationAdapter, type RunScript } from './migration-adapter.js';
import type { MigrationTarget } from './migrator.js';
import { isRefusedByPooler, poolerRefusal, refusePooler } from './pooler-refusal.js';
import { postgresAdapter, schemaOf, withSession } from './postgres.js';

/** The lock that Prisma's engine takes: the plain `npx prisma migrate deploy` is kept out by it, too. */
const ADVISORY_LOCK = 72_707_369;
const LOCK_WAIT = '60 s';
const CONNECT_MS = 5_000;

/** PostgreSQL's internal type `"char"`, which its catalogs use and the driver adapter does not know. */
const CHAR_TYPE = 18;
const TEXT_TYPE = 25;

/** What the engine would hand on in the server's words alone. */
function explain(error: unknown): never {
  if (isRefusedByPooler(error)) throw poolerRefusal({ cause: error });
  if (!hasCode(error, READ_ONLY)) throw error;
  throw new StartupError(
    'This database takes no changes: it is a standby, or what was the primary before a failover, or set to read ' +
      'only. Migrations run on the primary: name it in MIGRATION_DATABASE_URL, or in DATABASE_URL.',
    { cause: error },
  );
}

/** Before its first query, the pool refuses an address at which migrations do not run. */
function refuseUnfit(pool: pg.Pool, url: string): void {
  const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryResult>;
  let checked: Promise<void> | undefined;
  Object.assign(pool, {
    query: async (config: unknown) => {
      try {
        await (checked ??= refusePooler(url, query));
        return await query(config);
      } catch (error) {
        return explain(error);
      }
    },
  });
}

/** Presents `"char"` columns to the adapter as text, and to the engine as what they are. */
function connectWithCharColumns(pool: pg.Pool, url: string): () => Promise<SqlDriverAdapter> {
  const charColumns = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool) as (config: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult>;
  Object.assign(pool, {
    query: async (config: pg.QueryArrayConfig) => {
      const { fields, ...result } = await query(config);
      const isChar = fields.map(({ dataTypeID }) => dataTypeID === CHAR_TYPE);
      charColumns.set(
        result.rows,
        isChar.flatMap((char, column) => (char ? [column] : [])),
      );
      return {
        ...result,
        fields: fields.map((field, column) => (isChar[column] ? { ...field, dataTypeID: TEXT_TYPE } : field)),
      };
    },
  });
  return async () => {
    const adapter = await postgresAdapter(pool, url).connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    return Object.assign(adapter, {
      queryRaw: async (sql: SqlQuery) => {
        const result = await queryRaw(sql);
        for (const column of charColumns.get(result.rows) ?? []) {
          result.columnTypes[column] = ColumnTypeEnum.Character;
        }
        return result;
      },
    });
  };
}

/** Waits for another migrator to finish; the engine then takes the same lock again, which its holder may. */
async function lock(runScript: RunScript): Promise<void> {
  try {
    await runScript(`SET lock_timeout = '${LOCK_WAIT}'`);
    await runScript(`SELECT pg_advisory_lock(${ADVISORY_LOCK})`);
    await runScript('RESET lock_timeout');
  } catch (error) {
    if (!hasCode(error, '55P03')) throw error;
    throw new StartupError(
      `Another migration of this database is running and did not end within ${LOCK_WAIT}.`,
    );
  }
}

/** `?schema=` is Prisma's own; what it names need not exist yet. */
const otherPlaceThan = (url: string, variable: string): string =>
  schemaOf(url) === null
    ? `Give it an empty database, or a schema of its own: ?schema=keystream at the end of ${variable}.`
    : `Give it an empty database, or another schema than the one that ?schema= in ${variable} names.`;

/**
 * A PostgreSQL server as migrations need it: one connection, so that the lock and the work are one session, and no
 * limit on how long a statement takes.
 *
 * @param variable which one holds the URL
 */
export function openPostgresMigrationTarget(url: string, variable = 'DATABASE_URL'): MigrationTarget {
  const pool = new pg.Pool({
    connectionString: withSession(url),
    application_name: 'keystream-migrate',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_MS,
  });
  // The next use of the connection fails, which reports its loss.
  pool.on('error', () => undefined);
  refuseUnfit(pool, url);
  const runScript = pool.query.bind(pool) as RunScript;
  return {
    adapter: migrationAdapter(connectWithCharColumns(pool, url), runScript),
    variable,
    otherPlace: otherPlaceThan(url, variable),
    reach: async () => {
      await runScript('SELECT 1');
    },
    lock: () => lock(runScript),
    close: () => pool.end(),
  };
}
