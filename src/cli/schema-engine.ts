import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runEngineCommand } from '../prisma/engine-process/commands.js';
import { engineMethods } from '../prisma/engine-process/methods.js';
import { serveRequests } from '../prisma/engine-process/protocol.js';
import { openEmptyDatabase, scratchDatabase } from '../prisma/migration-adapter.js';
import { openPostgresMigrationTarget } from '../prisma/postgres-migration-target.js';

// Takes the place of Prisma's schema-engine binary, called by the Prisma CLI with the binary's own arguments.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { datasource: { type: 'string' }, datamodels: { type: 'string', multiple: true } },
});
const { url } = JSON.parse(String(values.datasource ?? '{}')) as { url?: string };

if (positionals[0] === 'cli') {
  process.exitCode = await runEngineCommand(positionals[1], url);
} else {
  const files = (values.datamodels ?? []) as string[];
  const schema = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  const target = url === undefined ? null : openPostgresMigrationTarget(url);
  await serveRequests(process.stdin, process.stdout, (print) =>
    engineMethods(
      target?.adapter ?? { ...scratchDatabase(), connectToShadowDb: openEmptyDatabase },
      schema.join('\n'),
      print,
    ),
  );
  await target?.close();
}
