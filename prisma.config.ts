import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';
import { loadEnvFile } from './scripts/load-env-file.mjs';
import { databaseVariables } from './src/config/database.js';
import { VariableReader } from './src/config/variable-reader.js';

const ENGINE_VARIABLE = 'PRISMA_SCHEMA_ENGINE_BINARY';

/** Whether the CLI has downloaded the engine that belongs to it. */
function isEngineDownloaded(): boolean {
  const require = createRequire(import.meta.url);
  const engines = createRequire(require.resolve('prisma/package.json')).resolve(
    '@prisma/engines/package.json',
  );
  return readdirSync(dirname(engines)).some((file) => file.startsWith('schema-engine-'));
}

// The CLI reads this file before it looks for its engine. Ours needs no download (docs/adr/0002).
if (process.env[ENGINE_VARIABLE] === undefined && process.platform !== 'win32' && !isEngineDownloaded()) {
  process.env[ENGINE_VARIABLE] = fileURLToPath(new URL('./scripts/schema-engine.mjs', import.meta.url));
}

// As `npm run migrate` does.
loadEnvFile();

const reader = new VariableReader(process.env);
const url = reader.readOptional(databaseVariables.migrationUrl) ?? reader.readOptional(databaseVariables.url);
reader.throwMistakes();

const [, , command, subcommand] = process.argv;
const needsDatabase = command === 'db' || (command === 'migrate' && subcommand !== 'diff');
if (!url && needsDatabase) {
  process.stderr.write(
    'DATABASE_URL is not set, and npx prisma works on a PostgreSQL server only.\n' +
      'For the embedded database: npm run migrate, npm run migrate:status.\n',
  );
}

// The engine that the CLI downloads would try.
if (needsDatabase && url && URL.canParse(url) && new URL(url).searchParams.get('pgbouncer') === 'true') {
  process.stderr.write(
    'This address leads to a transaction pooler (pgbouncer=true), and migrations do not run through one.\n' +
      'Set MIGRATION_DATABASE_URL to the address of the database itself.\n',
  );
  process.exit(1);
}

export default defineConfig({
  schema: join('prisma', 'schema.prisma'),
  migrations: { path: join('prisma', 'migrations') },
  ...(url ? { datasource: { url } } : {}),
});
