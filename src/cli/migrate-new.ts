import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { StartupError } from '../common/startup-error.js';
import { draftMigration, findDataLoss, migrationDirectoryName } from '../prisma/draft-migration.js';
import { migrationsFolder, readMigrations, readSchemas } from '../prisma/migrations-folder.js';
import { print, runCommand } from './run-command.js';

const USAGE = 'Usage: npm run migrate:new -- --name what_changed';

// npm run migrate:new: writes a migration from the schema's changes, without a database server.
runCommand(async () => {
  const name = readName();
  const script = await draftMigration(await readMigrations(), await readSchemas());
  if (script === null) {
    print('Nothing to write: the migrations amount to prisma/schema.prisma already.');
    return 0;
  }
  const folder = join(migrationsFolder, migrationDirectoryName(name, new Date()));
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), script);
  print(
    `Wrote ${relative(process.cwd(), join(folder, 'migration.sql'))}. Read it, then run: npx prisma generate`,
  );
  for (const loss of findDataLoss(script)) print(`Mind: ${loss}`);
  return 0;
});

function readName(): string {
  try {
    const { name } = parseArgs({ options: { name: { type: 'string' } } }).values;
    if (name !== undefined && /[a-z0-9]/i.test(name)) return name;
  } catch {
    // parseArgs's own words are about the same mistake.
  }
  throw new StartupError(USAGE);
}
