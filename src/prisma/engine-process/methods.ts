import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type {
  ApplyMigrationsInput,
  CreateMigrationInput,
  DbExecuteParams,
  DiffParams,
  EvaluateDataLossInput,
  EvaluateDataLossOutput,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import { draftMigration, findDataLoss, migrationDirectoryName } from '../draft-migration.js';
import { withSchemaEngine, type SchemaEngine } from '../schema-engine.js';
import type { EngineMethods, Print } from './protocol.js';

/** Methods that the WebAssembly engine has under the same name, with the same parameters. */
const sameInBoth = [
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'ensureConnectionValidity',
  'introspect',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
] as const satisfies (keyof SchemaEngine)[];

/** What the schema-engine binary can do, done by the engine as WebAssembly. */
export function engineMethods(
  database: SqlMigrationAwareDriverAdapterFactory,
  schema: string,
  print: Print,
): EngineMethods {
  const withEngine = <T>(work: (engine: SchemaEngine) => Promise<T>) =>
    withSchemaEngine(database, schema, work);
  return {
    ...Object.fromEntries(
      sameInBoth.map((name) => [
        name,
        (params: never) => withEngine<unknown>((engine) => engine[name](params)),
      ]),
    ),
    applyMigrations: (input: ApplyMigrationsInput) =>
      withEngine((engine) => engine.applyMigrations(input)).catch(failMigration),
    createMigration: async (input: CreateMigrationInput) => {
      const script = await draftMigration(input.migrationsList, input.schema);
      return {
        connectorType: 'postgresql',
        generatedMigrationName: migrationDirectoryName(input.migrationName, new Date()),
        migrationScript: script ?? (input.draft ? '-- This is an empty migration.\n' : null),
        extension: 'sql',
      };
    },
    evaluateDataLoss: async (input: EvaluateDataLossInput): Promise<EvaluateDataLossOutput> => {
      const script = await draftMigration(input.migrationsList, input.schema);
      const warnings = findDataLoss(script ?? '').map((message, stepIndex) => ({ message, stepIndex }));
      return { migrationSteps: script === null ? 0 : 1, unexecutableSteps: [], warnings };
    },
    dbExecute: async ({ script }: DbExecuteParams) => (await database.connect()).executeScript(script),
    diff: async (params: DiffParams) => {
      const { exitCode, stdout } = await withEngine((engine) => engine.diff(params));
      if (stdout !== null) print(stdout.trimEnd());
      return { exitCode, stdout: null };
    },
    getDatabaseVersion: () => withEngine((engine) => engine.version()),
  };
}

/** The binary names a migration that the database refuses, and keeps its words, under this code. */
function failMigration(error: unknown): never {
  if (!(error instanceof Error) || 'code' in error) throw error;
  throw Object.assign(new Error(`A migration failed to apply. ${error.message}`, { cause: error }), {
    code: 'P3018',
  });
}
