import type {
  ApplyMigrationsInput,
  CreateMigrationInput,
  DevDiagnosticInput,
  DbExecuteParams,
  DiffParams,
  EvaluateDataLossInput,
  EvaluateDataLossOutput,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import { draftMigration, findDataLoss, migrationDirectoryName } from '../draft-migration.js';
import { openEmptyDatabase, scratchDatabase } from '../migration-adapter.js';
import type { MigrationTarget } from '../migrator.js';
import { explainNotEmpty, NOT_EMPTY } from '../not-empty.js';
import { codesOf, hasCode, isPrismaCode, wordsOf } from '../error-codes.js';
import { namingMigrations } from '../replay-error.js';
import { withSchemaEngine, type SchemaEngine } from '../schema-engine.js';
import type { EngineMethods, Print } from './protocol.js';

/** Methods that the WebAssembly engine has under the same name, with the same parameters. */
const sameInBoth = [
  'diagnoseMigrationHistory',
  'ensureConnectionValidity',
  'introspect',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'reset',
  'schemaPush',
] as const satisfies (keyof SchemaEngine)[];

/**
 * What the schema-engine binary can do, done by the engine as WebAssembly.
 *
 * @param target null: what is asked for needs no database but one in memory
 */
export function engineMethods(target: MigrationTarget | null, schema: string, print: Print): EngineMethods {
  const database = target?.adapter ?? { ...scratchDatabase(), connectToShadowDb: openEmptyDatabase };
  const withEngine = <T>(work: (engine: SchemaEngine) => Promise<T>) =>
    withSchemaEngine(database, schema, work);
  const findFailed = async ({
    migrationsList,
    filters,
  }: ApplyMigrationsInput): Promise<string | undefined> => {
    const input = { migrationsList, filters, optInToShadowDatabase: false };
    const diagnosis = withEngine((engine) => engine.diagnoseMigrationHistory(input));
    return (await diagnosis.catch(() => null))?.failedMigrationNames[0];
  };
  return {
    ...Object.fromEntries(
      sameInBoth.map((name) => [
        name,
        (params: never) => withEngine<unknown>((engine) => engine[name](params)),
      ]),
    ),
    devDiagnostic: (input: DevDiagnosticInput) =>
      namingMigrations(input.migrationsList, () => withEngine((engine) => engine.devDiagnostic(input))),
    applyMigrations: (input: ApplyMigrationsInput) =>
      withEngine((engine) => engine.applyMigrations(input)).catch(async (error: unknown) => {
        if (target !== null && hasCode(error, NOT_EMPTY)) {
          throw withCode(NOT_EMPTY, await explainNotEmpty(target), error);
        }
        if (codesOf(error).some(isPrismaCode)) throw error;
        const name = await findFailed(input);
        if (name === undefined) throw error;
        throw withCode('P3018', explainFailedMigration(name, error), error);
      }),
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
      const replayed = [params.from, params.to].find((side) => side.tag === 'migrations');
      const run = () => withEngine((engine) => engine.diff(params));
      const { exitCode, stdout } = await (replayed ? namingMigrations(replayed, run) : run());
      if (stdout !== null) print(stdout.trimEnd());
      return { exitCode, stdout: null };
    },
    getDatabaseVersion: () => withEngine((engine) => engine.version()),
  };
}

/** As the binary says it. */
const explainFailedMigration = (name: string, error: unknown): string =>
  `A migration failed to apply. New migrations cannot be applied before the error is recovered from.\n\n` +
  `Migration name: ${name}\n\nDatabase error: ${wordsOf(error)}`;

const withCode = (code: string, message: string, cause: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });
