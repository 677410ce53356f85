import { writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { databaseVariables } from '../config/database.js';
import { processEnvironment } from '../config/environment.js';
import { VariableReader } from '../config/variable-reader.js';
import { runEngineCommand } from '../prisma/engine-process/commands.js';
import { engineMethods } from '../prisma/engine-process/methods.js';
import { serveRequests } from '../prisma/engine-process/protocol.js';
import { openPostgresMigrationTarget } from '../prisma/postgres-migration-target.js';

/** What scripts/schema-engine gives in the place of stderr. */
const LOG = 3;

// Takes the place of Prisma's schema-engine binary, called by the Prisma CLI with the binary's own arguments.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    version: { type: 'boolean' },
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true },
  },
});
const { url } = JSON.parse(String(values.datasource ?? '{}')) as { url?: string };
const { url: variable, migrationUrl } = databaseVariables;
const isSet = new VariableReader(processEnvironment()).isSet(migrationUrl);
// As prisma.config.ts chose it.
const database = { url: url ?? '', variable: isSet ? migrationUrl.name : variable.name };

if (values.version === true) {
  // `npx prisma --version` waits for the end of it.
  process.stdout.write('schema-engine-cli (WebAssembly)\n');
} else if (positionals[0] === 'cli') {
  process.exitCode = await runEngineCommand(positionals[1], database, (lines) => writeSync(LOG, lines));
} else {
  const files = (values.datamodels ?? []) as string[];
  const schema = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  const target = url === undefined ? null : openPostgresMigrationTarget(database.url, database.variable);
  await serveRequests(process.stdin, process.stdout, (print) =>
    engineMethods(target, schema.join('\n'), print),
  );
  await target?.close();
}
