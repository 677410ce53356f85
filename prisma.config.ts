import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';
import { loadEnvFile } from './scripts/load-env-file.mjs';
import { ConfigError } from './src/config/config-error.js';
import { databaseVariables } from './src/config/database.js';
import { leadsToPooler } from './src/config/database-url.js';
import { generalVariables } from './src/config/general.js';
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
  process.env[ENGINE_VARIABLE] = fileURLToPath(new URL('./scripts/schema-engine', import.meta.url));
}

// As `npm run migrate` does.
loadEnvFile();

const [, , command, subcommand, ...rest] = process.argv;
const asksForHelp = [subcommand ?? '--help', ...rest].some((word) => word === '--help' || word === '-h');
const needsDatabase = !asksForHelp && (command === 'db' || (command === 'migrate' && subcommand !== 'diff'));

const { url: urlVariable, migrationUrl, tlsMode } = databaseVariables;
const reader = new VariableReader(process.env);

/** What is wrong with the variables matters only to commands that need a database. */
function findUrl(): string | null {
  for (const each of [generalVariables.certificateChecks, tlsMode]) reader.readOptional(each);
  const [ofOwner, ofServer] = [migrationUrl, urlVariable].map((each) => reader.readOptional(each));
  try {
    reader.throwMistakes();
    return ofOwner ?? ofServer ?? null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (needsDatabase) stop(error.message);
    return null;
  }
}

function stop(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(1);
}

if (needsDatabase && !reader.isSet(urlVariable) && !reader.isSet(migrationUrl)) {
  stop(
    'DATABASE_URL is not set, and npx prisma works on a PostgreSQL server only.\n' +
      'For the embedded database: npm run migrate, npm run migrate:status.',
  );
}
const url = findUrl();

// The engine that the CLI downloads would try.
if (needsDatabase && url !== null && leadsToPooler(url)) {
  stop(
    'This address leads to a transaction pooler (pgbouncer=true), and migrations do not run through one.\n' +
      'Set MIGRATION_DATABASE_URL to the address of the database itself.',
  );
}

export default defineConfig({
  schema: join('prisma', 'schema.prisma'),
  migrations: { path: join('prisma', 'migrations') },
  ...(url !== null ? { datasource: { url } } : {}),
});
