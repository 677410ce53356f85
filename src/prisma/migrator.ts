import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { HistoryDiagnostic, MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { StartupError } from '../common/startup-error.js';
import { isUnavailable } from './database-errors.js';
import { wordsOf } from './error-codes.js';
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

/** Applies the migrations with Prisma's engine, in Prisma's way: `_prisma_migrations` tells what was applied. */
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
      const { failed } = await this.status();
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
    return withSchemaEngine(this.target.adapter, schema, (engine) => work(engine, migrations)).catch(
      failStart,
    );
  }

  async #lock(): Promise<void> {
    await this.target.lock().catch(failStart);
  }
}

/** A database that is away is the operator's to mend. */
function failStart(error: unknown): never {
  if (error instanceof StartupError || !isUnavailable(error)) throw error;
  throw new StartupError(`The database cannot be used: ${wordsOf(error)}`, { cause: error });
}

const remedy = (name: string): string =>
  'Nothing of it took effect, and no other migration is applied until this one is. Remove the cause, then run:\n' +
  `  npm run migrate -- --rolled-back ${name}`;
