import { PGlite } from '@electric-sql/pglite';
import type {
  ConnectionInfo,
  IsolationLevel,
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';

/** Runs a whole SQL script, statements with semicolons inside them too, and fails when it fails. */
export type RunScript = (sql: string) => Promise<unknown>;

/**
 * A driver adapter as the schema engine needs it. The adapters' own `executeScript` is not fit for migrations: that of
 * PostgreSQL splits a script at every semicolon, inside functions too; that of PGlite does not wait for the result, so
 * that a failed migration would be recorded as applied.
 */
class MigrationAdapter implements SqlDriverAdapter {
  readonly provider = 'postgres';
  readonly adapterName: string;

  constructor(
    private readonly adapter: SqlDriverAdapter,
    private readonly runScript: RunScript,
    readonly dispose: () => Promise<void>,
  ) {
    this.adapterName = adapter.adapterName;
  }

  async executeScript(script: string): Promise<void> {
    await this.runScript(script);
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.adapter.queryRaw(query);
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.adapter.executeRaw(query);
  }

  startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    return this.adapter.startTransaction(isolationLevel);
  }

  getConnectionInfo(): ConnectionInfo {
    return this.adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true };
  }
}

/** An empty database in memory, on which the engine replays the migrations to learn what they amount to. */
export async function openEmptyDatabase(): Promise<SqlDriverAdapter> {
  const database = await PGlite.create();
  const adapter = await new PrismaPGlite(database).connect();
  return new MigrationAdapter(
    adapter,
    (sql) => database.exec(sql),
    () => database.close(),
  );
}

/** The schema engine's way to a database. Closing the database stays with the caller. */
export function migrationAdapter(
  connect: () => Promise<SqlDriverAdapter>,
  runScript: RunScript,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: 'keystream',
    connect: async () => new MigrationAdapter(await connect(), runScript, () => Promise.resolve()),
    connectToShadowDb: openEmptyDatabase,
  };
}

/** For what needs no database but the engine's own workings: one in memory, for a single replay of the migrations. */
export function scratchDatabase(): SqlMigrationAwareDriverAdapterFactory {
  let opened: Promise<SqlDriverAdapter> | undefined;
  const connect = () => (opened ??= openEmptyDatabase());
  return { provider: 'postgres', adapterName: 'keystream', connect, connectToShadowDb: connect };
}
