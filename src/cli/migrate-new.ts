import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { draftMigration, findDataLoss, migrationDirectoryName } from '../prisma/draft-migration.js';
import { migrationsFolder, readMigrations, readSchemas } from '../prisma/migrations-folder.js';
import { readOptions, UsageError } from './command-line.js';
import { print, runCommand } from './run-command.js';

const usage = {
  call: 'npm run migrate:new -- --name what_changed',
  does: "Writes a migration from the schema's changes, without a database server.",
  options: { '--name <name>': 'what changed; letters, digits and underscores' },
};

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
  const { name } = readOptions(process.argv.slice(2), usage, { name: { type: 'string' } });
  if (name === undefined || !/[a-z0-9]/i.test(name)) throw new UsageError('--name is missing.', usage);
  return name;
}
