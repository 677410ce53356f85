import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import { preset } from '@graphql-codegen/client-preset';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { parse } from 'graphql';
import ts from 'typescript';
import { readSchema } from '../support/committed-schema.js';

const root = join(import.meta.dirname, '../..');
/** Nothing is written there: the packages that the client imports are found from it. */
const folder = join(root, 'generated');

/** What the README recommends. */
const config = {
  strictScalars: true,
  scalars: { DateTime: 'string', SafeInt: 'number', JSON: 'unknown', JSONObject: 'Record<string, unknown>' },
};

/** The contents of files by their paths. */
export type Files = ReadonlyMap<string, string>;

/** The documents of a script, as the generator finds them: in `gql` and behind the comment GraphQL. */
export async function documentsOf(script: string): Promise<readonly string[]> {
  const sources = await gqlPluckFromCodeString(script, await readFile(join(root, script), 'utf8'));
  return sources.map(({ body }) => body);
}

/** Runs GraphQL Code Generator's client preset. @throws where a document does not fit the schema */
export async function generateClient(documents: readonly string[]): Promise<Files> {
  const schemaAst = readSchema();
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: `${folder}/`,
    schema: parse(await readFile(join(root, 'schema.graphql'), 'utf8')),
    schemaAst,
    documents: documents.map((rawSDL, index) => ({
      rawSDL,
      document: parse(rawSDL),
      location: join(folder, `document-${index}.graphql`),
    })),
    config,
    presetConfig: {},
    plugins: [],
    pluginMap: {},
  });
  return new Map(
    await Promise.all(
      outputs.map(async (output): Promise<[string, string]> => [output.filename, await codegen(output)]),
    ),
  );
}

/** The compiler's errors in a client and a script beside it, which imports it from `./index` and `./graphql`. */
export function compile(client: Files, script: string): readonly string[] {
  const main = join(folder, 'main.ts');
  const files: Files = new Map([...client, [main, script]]);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    types: [],
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    directoryExists: (path) => path === folder || ts.sys.directoryExists(path),
    getSourceFile: (path, language, ...rest) => {
      const text = files.get(path);
      return text === undefined
        ? host.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language);
    },
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
