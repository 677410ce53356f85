import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { HistoryDiagnostic, MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { StartupError } from '../common/startup-error.js';
import { isUnavailable } from './database-errors.js';
import { explainFailure } from './database-problem.js';
import { codesOf, hasCode, wordsOf } from './error-codes.js';
import { explainNotEmpty, NOT_EMPTY } from './not-empty.js';
import { migrationsFolder, readMigrations, readSchema, wholeSchema } from './migrations-folder.js';
import { withSchemaEngine, type SchemaEngine } from './schema-engine.js';

/** How the migrations that come with this server and those of a database differ. */
export interface MigrationStatus {
  /** To be applied, in this order. */
  readonly pending: readonly string[];
  /** Begun and not finished: each stops all that come after it. */
  readonly failed: readonly string[];
  /** Applied, and changed in the folder afterwards. */
  readonly edited: readonly string[];
  /** Applied, and not in the folder: by a newer version of this server. */
  readonly unknown: readonly string[];
}

/** A database on which migrations can be run. */
export interface MigrationTarget {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  /** Which one says where the database is. */
  readonly variable: string;
  /** Where the tables can go when the database holds others already: what to do, in a sentence. */
  readonly otherPlace: string;
  /** Connects. A failure comes in the driver's own words, of which the engine keeps a part. */
  reach(): Promise<void>;
  /** Keeps other migrators of the same database out until the target is closed. */
  lock(): Promise<void>;
  close(): Promise<void>;
}

const namesIn = (history: HistoryDiagnostic | null, list: 'unapplied' | 'unpersisted'): readonly string[] => {
  if (history === null) return [];
  if (list === 'unapplied')
    return 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  return 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
};

/** Applies the migrations with Prisma's engine, in Prisma's way: `_prisma_migrations` lists what was applied. */
export class Migrator {
  constructor(
    private readonly target: MigrationTarget,
    private readonly folder = migrationsFolder,
  ) {}

  /** @throws StartupError where the database cannot be used */
  async status(): Promise<MigrationStatus> {
    return this.#run(async (engine, migrationsList) => {
      const diagnosis = await engine.diagnoseMigrationHistory({
        migrationsList,
        optInToShadowDatabase: false,
        filters: wholeSchema,
      });
      return {
        pending: namesIn(diagnosis.history, 'unapplied'),
        failed: diagnosis.failedMigrationNames,
        edited: diagnosis.editedMigrationNames.filter(
          (name) => !diagnosis.failedMigrationNames.includes(name),
        ),
        unknown: namesIn(diagnosis.history, 'unpersisted'),
      };
    });
  }

  /**
   * Applies what is pending, each migration whole or not at all.
   *
   * @returns the names of those applied
   * @throws StartupError where a migration fails or failed before
   */
  async apply(): Promise<readonly string[]> {
    await this.#lock();
    await this.#refuseAfterFailure();
    try {
      return await this.#run(async (engine, migrationsList) => {
        const { appliedMigrationNames } = await engine.applyMigrations({
          migrationsList,
          filters: wholeSchema,
        });
        return appliedMigrationNames;
      });
    } catch (error) {
      if (hasCode(error, NOT_EMPTY)) {
        throw new StartupError(await explainNotEmpty(this.target), { cause: error });
      }
      // Where the failure ended the connection for good, it is still the one to report.
      const { failed } = await this.status().catch(() => ({ failed: [] }));
      if (failed[0] === undefined) throw error;
      throw new StartupError(`The migration ${failed[0]} failed: ${wordsOf(error)}\n${remedy(failed[0])}`, {
        cause: error,
      });
    }
  }

  /**
   * Lets a failed migration be applied again, after its cause is mended.
   *
   * @throws StartupError where that migration did not fail
   */
  async markRolledBack(migrationName: string): Promise<void> {
    await this.#lock();
    await this.#run((engine) => engine.markMigrationRolledBack({ migrationName }));
  }

  async #refuseAfterFailure(): Promise<void> {
    const { failed } = await this.status();
    if (failed[0] === undefined) return;
    throw new StartupError(`The migration ${failed[0]} failed earlier.\n${remedy(failed[0])}`);
  }

  async #run<T>(work: (engine: SchemaEngine, migrations: MigrationList) => Promise<T>): Promise<T> {
    const migrations = await readMigrations(this.folder);
    const schema = await readSchema();
    return this.#explaining(async () => {
      await this.target.reach();
      return withSchemaEngine(this.target.adapter, schema, (engine) => work(engine, migrations));
    });
  }

  async #lock(): Promise<void> {
    await this.#explaining(() => this.target.lock());
  }

  /** Turns failures of the database and its connection into words for the operator; others are bugs and pass. */
  async #explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StartupError || (codesOf(error).length === 0 && !isUnavailable(error)))
        throw error;
      const problem = explainFailure(error, this.target.variable);
      throw new StartupError(`The database cannot be used: ${problem}`, { cause: error });
    }
  }
}

const remedy = (name: string): string =>
  'Nothing of it took effect, and no other migration is applied until this one is. Remove the cause, then run:\n' +
  `  npm run migrate -- --rolled-back ${name}`;
