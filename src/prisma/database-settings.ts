/** How long the database may take, in milliseconds, and how much of it one server uses. */
export interface DatabaseLimits {
  /** Connections to a PostgreSQL server. The embedded database has one, shared in turn. */
  readonly connections: number;
  /** Waiting for a connection, or for a transaction's turn. */
  readonly connectMs: number;
  /** One statement; a whole transaction, once it has begun. */
  readonly statementMs: number;
  /** Everything above together: after this a request that needs the database has failed. */
  readonly totalMs: number;
}

export const defaultDatabaseLimits: DatabaseLimits = {
  connections: 10,
  connectMs: 2_000,
  statementMs: 2_900,
  totalMs: 5_000,
};

/** Where the data lives. */
export interface DatabaseSettings {
  /** A PostgreSQL server; null: the embedded database in {@link dataDir}. */
  readonly url: string | null;
  /** The folder of the embedded database. */
  readonly dataDir: string;
  /** Where the defaults do not fit: tests. */
  readonly limits?: Partial<DatabaseLimits>;
}

/** Injection token of {@link DatabaseSettings}. */
export const DATABASE_SETTINGS = Symbol('DATABASE_SETTINGS');
