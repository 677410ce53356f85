import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BoundedLines } from '../common/bounded-lines.js';
import { ConnectionQueue } from './connection-queue.js';
import { openConnection, type DatabaseConnection } from './database-connection.js';
import { toDatabaseError } from './database-errors.js';
import { explainFailure } from './database-problem.js';
import { codesOf, wordsOf } from './error-codes.js';
import {
  DATABASE_SETTINGS,
  DATABASE_VARIABLE,
  defaultDatabaseLimits,
  type DatabaseLimits,
  type DatabaseSettings,
} from './database-settings.js';
import { DatabaseReadOnlyError, DatabaseUnavailableError } from './database-unavailable.error.js';
import type { PrismaClient } from './generated/client.js';
import { findPendingMigrations } from './migration-history.js';
import { createPrismaClient, type DatabaseClient, guardedBy } from './prisma-client.js';
import type { RunStatement, Statement, StatementValue } from './statement.js';
import { withTimeLimit } from './time-limit.js';

/** Whether requests that need the database can be served, and if not, why. */
export type DatabaseReadiness = 'READY' | 'READ_ONLY' | 'UNAVAILABLE' | 'MIGRATIONS_PENDING';

interface OpenDatabase {
  readonly connection: DatabaseConnection;
  /** Each of its operations waits for its turn. */
  readonly client: PrismaClient;
  /** For what has its turn already. */
  readonly inTurn: PrismaClient;
  /** For looking whether the database is there: its turn is the next. */
  readonly probe: PrismaClient;
  /** Below the client, on the same connections. */
  readonly run: RunStatement;
}

/**
 * The database, embedded or a server: open from the module's initialisation to the application's shutdown.
 *
 * Every operation ends within the limits of {@link DatabaseSettings}. A database that is away, slow or full
 * is a {@link DatabaseUnavailableError}, and so is one that takes no changes, where one is to be made; the next operation
 * finds it again by itself when it is back.
 */
@Injectable()
export class DatabaseService implements OnModuleInit, OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger(DatabaseService.name));
  readonly #settings: DatabaseSettings;
  readonly #limits: DatabaseLimits;
  readonly #queue: ConnectionQueue;
  #database: OpenDatabase | null = null;

  constructor(@Inject(DATABASE_SETTINGS) settings: DatabaseSettings) {
    this.#settings = settings;
    this.#limits = { ...defaultDatabaseLimits, ...settings.limits };
    this.#queue = new ConnectionQueue(this.#limits);
  }

  /**
   * For single reads and writes. Each operation fails by itself; what belongs together goes into a
   * {@link transaction}.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE, from each of its operations
   * @throws ServerBusyError SERVICE_UNAVAILABLE where too many wait for a connection
   */
  get client(): DatabaseClient {
    return this.#open.client;
  }

  /**
   * Runs one statement, which is a transaction of its own: what every chat needs goes past the client, which takes four
   * times as long for it.
   *
   * @returns its rows, by the names of their columns. What is not a text, a number or a truth value is as the driver has it
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   * @throws ServerBusyError SERVICE_UNAVAILABLE where too many wait for a connection
   */
  async run<Row>(
    statement: Statement,
    values: readonly StatementValue[],
    { isUrgent = false } = {},
  ): Promise<Row[]> {
    const { run } = this.#open;
    return (await this.#guard(() => this.#queue.run(() => run(statement, values), isUrgent))) as Row[];
  }

  /**
   * Ends what waits for the database at the time that nothing may outlast that needs it.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  withinLimit<T>(operation: () => Promise<T>): Promise<T> {
    const { totalMs } = this.#limits;
    return withTimeLimit(totalMs, operation, () => tooLong(totalMs));
  }

  /**
   * Runs `work` in one transaction: all of it takes effect, or nothing. Errors that `work` throws come out as they
   * are. After a DatabaseUnavailableError it is unknown, as with every database, whether a commit that was on its way
   * took effect.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   * @throws ServerBusyError SERVICE_UNAVAILABLE where too many wait for a connection
   */
  async transaction<T>(work: (client: DatabaseClient) => Promise<T>): Promise<T> {
    let failure: { readonly error: unknown } | undefined;
    const { statementMs } = this.#limits;
    const run = (client: DatabaseClient) =>
      withTimeLimit(
        statementMs,
        () =>
          work(client).catch((error: unknown) => {
            failure = { error };
            throw error;
          }),
        () => tooLong(statementMs),
      );
    try {
      return await this.#queue.run(() => this.#open.inTurn.$transaction(run));
    } catch (error) {
      throw failure?.error === error ? error : this.#translate(error);
    }
  }

  /** How many connections there may be. */
  get connections(): number {
    return this.#limits.connections;
  }

  /** How many of them are at work. */
  get busy(): number {
    return this.#queue.running;
  }

  /** How many operations wait for a connection. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** For readiness checks: never throws because of the database. */
  async check(): Promise<DatabaseReadiness> {
    try {
      const { probe } = this.#open;
      if (await isReadOnly(probe)) {
        this.#lines.warn('The database takes no changes: it is a standby, or set to read only', {});
        await this.#haveChangeRefused();
        return 'READ_ONLY';
      }
      const pending = await findPendingMigrations(probe);
      return pending.length === 0 ? 'READY' : 'MIGRATIONS_PENDING';
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) this.#warn(error);
      return 'UNAVAILABLE';
    }
  }

  /**
   * @throws StartupError where the embedded database is in use or cannot be migrated, or where a server does not
   *   answer or lacks migrations
   */
  async onModuleInit(): Promise<void> {
    const connection = await openConnection(this.#settings, this.#limits, (error) =>
      this.#lines.warn('A database connection was lost. A new one is made when needed', kindOf(error), {
        reason: wordsOf(error),
      }),
    );
    const base = createPrismaClient(connection.adapter);
    const client = guardedBy(base, (operation) => this.#guard(() => this.#queue.run(operation)));
    const inTurn = guardedBy(base, (operation) => this.#guard(() => this.#queue.listen(operation)));
    const probe = guardedBy(base, (operation) => this.#guard(() => this.#queue.run(operation, true)));
    try {
      await connection.prepare(client);
      this.#database = { connection, client, inTurn, probe, run: await connection.statements() };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const database = this.#database;
    this.#database = null;
    this.#lines.flush();
    await database?.client.$disconnect();
    await database?.connection.close();
  }

  /**
   * By what the server refuses, its connection leaves the pool. Where it takes changes, nothing is asked of it: the check
   * and the lock are one transaction.
   */
  async #haveChangeRefused(): Promise<void> {
    const refused = this.transaction(async (client) => {
      if (await isReadOnly(client)) await client.$queryRaw`SELECT id FROM vault_state FOR UPDATE`;
    });
    await refused.catch((error: unknown) => {
      if (!(error instanceof DatabaseReadOnlyError)) throw error;
    });
  }

  get #open(): OpenDatabase {
    if (this.#database === null)
      throw new Error('The database is not open: before initialisation, or after shutdown.');
    return this.#database;
  }

  async #guard<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): unknown {
    const translated = toDatabaseError(error);
    if (translated instanceof DatabaseUnavailableError) this.#warn(translated);
    return translated;
  }

  #warn(error: unknown): void {
    this.#lines.warn('The database is not available', kindOf(error), {
      reason: explainFailure(error, this.#settings.variable ?? DATABASE_VARIABLE),
    });
  }
}

const tooLong = (milliseconds: number): DatabaseUnavailableError =>
  new DatabaseUnavailableError({
    cause: new Error(`A transaction took longer than ${milliseconds} milliseconds.`),
  });

/** Whether the server would refuse a change; asked without making one. */
async function isReadOnly(client: DatabaseClient): Promise<boolean> {
  const rows = await client.$queryRaw<{ value: string }[]>`
    SELECT current_setting('transaction_read_only') AS value`;
  return rows.some(({ value }) => value === 'on');
}

/** Its codes, and those of what is behind it: `SERVICE_UNAVAILABLE` for all that is translated, and says nothing. */
const kindOf = (error: unknown): { codes: string } => ({
  codes: [...new Set(codesOf(error))].filter((code) => code !== 'SERVICE_UNAVAILABLE').join(' '),
});
