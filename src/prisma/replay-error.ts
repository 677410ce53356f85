import { PGlite } from '@electric-sql/pglite';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { StartupError } from '../common/startup-error.js';
import { wordsOf } from './error-codes.js';

/** A migration that fails on an empty database, where the engine replays all of them to learn what they amount to. */
export class ReplayError extends StartupError {
  /** Prisma's code for it: https://www.prisma.io/docs/orm/reference/error-reference */
  readonly code = 'P3006';

  constructor(name: string, cause: unknown) {
    super(`The migration ${name} fails on an empty database: ${wordsOf(cause)}`, { cause });
  }
}

/**
 * Runs what replays the migrations. Where it fails, they are replayed once more, one by one, for the engine does not say
 * which of them it was.
 *
 * @throws ReplayError
 */
export async function namingMigrations<T>(migrations: MigrationList, replay: () => Promise<T>): Promise<T> {
  try {
    return await replay();
  } catch (error) {
    await replayOneByOne(migrations);
    throw error;
  }
}

async function replayOneByOne({ migrationDirectories }: MigrationList): Promise<void> {
  const database = await PGlite.create();
  try {
    for (const { path, migrationFile } of migrationDirectories) {
      if (migrationFile.content.tag !== 'ok') continue;
      await database.exec(migrationFile.content.value).catch((error: unknown) => {
        throw new ReplayError(path, error);
      });
    }
  } finally {
    await database.close();
  }
}
