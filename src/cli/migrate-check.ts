import { draftMigration } from '../prisma/draft-migration.js';
import { readMigrations, readSchemas } from '../prisma/migrations-folder.js';
import { readOptions } from './command-line.js';
import { print, runCommand } from './run-command.js';

const usage = {
  call: 'npm run migrate:check',
  does: 'Exits with 1 where the migrations do not amount to prisma/schema.prisma.',
};

runCommand(async () => {
  readOptions(process.argv.slice(2), usage, {});
  const script = await draftMigration(await readMigrations(), await readSchemas());
  if (script === null) {
    print('The migrations amount to prisma/schema.prisma.');
    return 0;
  }
  print(`The migrations do not amount to prisma/schema.prisma. They lack:\n\n${script}`);
  print('Run: npm run migrate:new -- --name what_changed');
  return 1;
});
