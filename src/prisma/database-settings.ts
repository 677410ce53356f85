/**
 * How long the database may take, in milliseconds of its own time, and how much of it one server uses. While the event
 * loop is held up, the database is not waited for.
 */
export interface DatabaseLimits {
  /** Connections to a PostgreSQL server. The embedded database has one, shared in turn. */
  readonly connections: number;
  /** Making a connection; and waiting for one while the database does not answer. */
  readonly connectMs: number;
  /** One statement; a whole transaction, once it has begun. */
  readonly statementMs: number;
  /** All of an operation: after this a request that needs a database that does not answer has failed. */
  readonly totalMs: number;
  /** Waiting for a connection while the database answers others. */
  readonly queueMs: number;
}

export const defaultDatabaseLimits: DatabaseLimits = {
  connections: 10,
  connectMs: 2_000,
  statementMs: 2_900,
  totalMs: 5_000,
  queueMs: 10_000,
};

/** Says where a server's database is, unless another one does. */
export const DATABASE_VARIABLE = 'DATABASE_URL';

/** Where the data lives. */
export interface DatabaseSettings {
  /** A PostgreSQL server; null: the embedded database in {@link dataDir}. */
  readonly url: string | null;
  /** Which variable says so, for messages; {@link DATABASE_VARIABLE} where that is left out. */
  readonly variable?: string;
  /** The folder of the embedded database. */
  readonly dataDir: string;
  /** Where the defaults do not fit: tests. */
  readonly limits?: Partial<DatabaseLimits>;
}

/** Injection token of {@link DatabaseSettings}. */
export const DATABASE_SETTINGS = Symbol('DATABASE_SETTINGS');
