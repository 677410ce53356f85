import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type ErrorRegistry,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { StartupError } from '../common/startup-error.js';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

export type SchemaEngine = bindings.SchemaEngine;

/** The part that is needed here: TypeScript's own declarations come with all of the DOM. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

const bindingsModule = '@prisma/schema-engine-wasm/schema_engine_bg';
let loaded: Promise<void> | undefined;

/**
 * What the engine imports. It leaves the timer of its lock's time limit running, for ten seconds: a command that is
 * done must not wait for it.
 */
function engineImports(): Record<string, unknown> {
  const timers = Object.entries(bindings).filter(([name]) => name.startsWith('__wbg_setTimeout'));
  const unreferenced = timers.map(([name, start]) => [
    name,
    (...how: unknown[]) => (start as unknown as (...how: unknown[]) => NodeJS.Timeout)(...how).unref(),
  ]);
  return { ...bindings, ...Object.fromEntries(unreferenced) } as Record<string, unknown>;
}

async function load(): Promise<void> {
  const path = createRequire(import.meta.url)
    .resolve(bindingsModule)
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(path), {
    './schema_engine_bg.js': engineImports(),
  });
  bindings.__wbg_set_wasm(instance.exports);
  // Where the engine leaves its last words before it traps; the trap itself says only "unreachable".
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (words: string) => process.stderr.write(`${words}\n`) },
  });
  instance.exports.__wbindgen_start();
}

/** What the engine refuses to do, in its own words: they are for the operator. */
export class SchemaEngineError extends StartupError {
  /** Prisma's code, P3009 and the like, where the engine gives one. */
  readonly code: string | undefined;

  constructor(error: Error) {
    // The engine's trace begins on a line of its own: "   0: schema_engine_wasm::…".
    super(error.message.replace(/\n\s+0: [\s\S]*$/, '').trim(), { cause: error });
    this.code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  }
}

/** How the engine names its errors; its accidents are a TypeError or a RuntimeError. */
const enginesOwn = new Set(['Error', 'SchemaConnectorError']);

/** The engine knows a driver's error by a number only: the error itself waits in the registry. */
function reveal(error: unknown, registry: ErrorRegistry): unknown {
  if (!(error instanceof Error)) return error;
  const id = /External error id#(\d+)/.exec(error.message)?.[1];
  const driverError = id === undefined ? undefined : registry.consumeError(Number(id))?.error;
  if (driverError !== undefined) return driverError;
  return enginesOwn.has(error.name) ? new SchemaEngineError(error) : error;
}

/**
 * Runs Prisma's own engine for migrations, as WebAssembly: what `prisma migrate` runs as a binary, without the
 * download.
 *
 * @param schema text of the Prisma schema
 * @throws SchemaEngineError
 * @throws the database driver's own error, where one is behind the engine's
 */
export async function withSchemaEngine<T>(
  database: SqlMigrationAwareDriverAdapterFactory,
  schema: string,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await (loaded ??= load());
  const bound = bindMigrationAwareSqlAdapterFactory(database);
  let engine: SchemaEngine | undefined;
  try {
    engine = await bindings.SchemaEngine.new(
      { datamodels: [['schema.prisma', schema]] },
      () => undefined,
      bound,
    );
    return await work(engine);
  } catch (error) {
    throw reveal(error, bound.errorRegistry);
  } finally {
    engine?.free();
  }
}
