import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openConnection, type DatabaseConnection } from './database-connection.js';
import { toDatabaseError } from './database-errors.js';
import { explainFailure } from './database-problem.js';
import {
  DATABASE_SETTINGS,
  defaultDatabaseLimits,
  type DatabaseLimits,
  type DatabaseSettings,
} from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import type { PrismaClient } from './generated/client.js';
import { findPendingMigrations } from './migration-history.js';
import { createPrismaClient, type DatabaseClient } from './prisma-client.js';
import { withTimeLimit } from './time-limit.js';

/** Whether requests that need the database can be served, and if not, why. */
export type DatabaseReadiness = 'READY' | 'UNAVAILABLE' | 'MIGRATIONS_PENDING';

interface OpenDatabase {
  readonly connection: DatabaseConnection;
  readonly client: PrismaClient;
}

/**
 * The database, embedded or a server: open from the module's initialisation to the application's shutdown.
 *
 * Whatever goes through it ends within the limits of {@link DatabaseSettings}. A database that is away, slow or full
 * is a {@link DatabaseUnavailableError}; the next operation finds it again by itself when it is back.
 */
@Injectable()
export class DatabaseService implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(DatabaseService.name);
  readonly #settings: DatabaseSettings;
  readonly #limits: DatabaseLimits;
  #database: OpenDatabase | null = null;

  constructor(@Inject(DATABASE_SETTINGS) settings: DatabaseSettings) {
    this.#settings = settings;
    this.#limits = { ...defaultDatabaseLimits, ...settings.limits };
  }

  /**
   * For single reads and writes. Each operation fails by itself; what belongs together goes into a
   * {@link transaction}.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE, from each of its operations
   */
  get client(): DatabaseClient {
    return this.#open.client;
  }

  /**
   * Runs `work` in one transaction: all of it takes effect, or nothing. Errors that `work` throws come out as they
   * are. After a DatabaseUnavailableError it is unknown, as with every database, whether a commit that was on its way
   * took effect.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async transaction<T>(work: (client: DatabaseClient) => Promise<T>): Promise<T> {
    let failure: { readonly error: unknown } | undefined;
    const run = (client: DatabaseClient) =>
      work(client).catch((error: unknown) => {
        failure = { error };
        throw error;
      });
    try {
      return await this.#limit(() => this.#open.client.$transaction(run));
    } catch (error) {
      throw failure?.error === error ? error : toDatabaseError(error);
    }
  }

  /** For readiness checks: never throws because of the database. */
  async check(): Promise<DatabaseReadiness> {
    try {
      const pending = await findPendingMigrations(this.client);
      return pending.length === 0 ? 'READY' : 'MIGRATIONS_PENDING';
    } catch (error) {
      this.#logger.warn(`The database is not available: ${explainFailure(error, 'DATABASE_URL')}`);
      return 'UNAVAILABLE';
    }
  }

  /**
   * @throws StartupError where the embedded database is in use or cannot be migrated, or where a server does not
   *   answer or lacks migrations
   */
  async onModuleInit(): Promise<void> {
    const connection = await openConnection(this.#settings, this.#limits, (error) =>
      this.#logger.warn(`A database connection was lost (${error.message}). A new one is made when needed.`),
    );
    const client = createPrismaClient(connection.adapter, this.#limits, (operation) =>
      this.#guard(operation),
    );
    try {
      await connection.prepare(client);
    } catch (error) {
      await connection.close();
      throw error;
    }
    this.#database = { connection, client };
  }

  async onApplicationShutdown(): Promise<void> {
    const database = this.#database;
    this.#database = null;
    await database?.client.$disconnect();
    await database?.connection.close();
  }

  get #open(): OpenDatabase {
    if (this.#database === null)
      throw new Error('The database is not open: before initialisation, or after shutdown.');
    return this.#database;
  }

  async #guard<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await this.#limit(operation);
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  #limit<T>(operation: () => Promise<T>): Promise<T> {
    const { totalMs } = this.#limits;
    const expiry = () =>
      new DatabaseUnavailableError({ cause: new Error(`It took longer than ${totalMs} milliseconds.`) });
    return withTimeLimit(totalMs, operation, expiry);
  }
}
