import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { scratchDatabase } from './migration-adapter.js';
import { wholeSchema } from './migrations-folder.js';
import { namingMigrations } from './replay-error.js';
import { withSchemaEngine } from './schema-engine.js';

/**
 * The SQL that leads from what the migrations amount to, to what the schema says; null where the two agree. Both are
 * worked out in memory, without a database server.
 *
 * @throws ReplayError
 */
export async function draftMigration(
  migrations: MigrationList,
  schema: SchemasContainer,
): Promise<string | null> {
  const datamodel = schema.files.map(({ content }) => content).join('\n');
  const { exitCode, stdout } = await namingMigrations(migrations, () =>
    withSchemaEngine(scratchDatabase(), datamodel, (engine) =>
      engine.diff({
        from: { tag: 'migrations', ...migrations },
        to: { tag: 'schemaDatamodel', ...schema },
        script: true,
        exitCode: true,
        filters: wholeSchema,
      }),
    ),
  );
  return exitCode === 0 ? null : stdout;
}

/** Statements that throw data away, each said in a sentence. */
export const findDataLoss = (script: string): string[] =>
  [...script.matchAll(/\bDROP (TABLE|COLUMN|TYPE) ("[^"]+"(?:\."[^"]+")?)/g)].map(
    ([, kind = '', name = '']) => `The ${kind.toLowerCase()} ${name} is dropped, with everything in it.`,
  );

/** Prisma's name for a migration's folder: the time in UTC, to the second, and what it is about. */
export function migrationDirectoryName(about: string, now: Date): string {
  const words = about
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return `${now.toISOString().replace(/\D/g, '').slice(0, 14)}_${words}`;
}
