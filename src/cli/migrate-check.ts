import { draftMigration } from '../prisma/draft-migration.js';
import { readMigrations, readSchemas } from '../prisma/migrations-folder.js';
import { print, runCommand } from './run-command.js';

// npm run migrate:check: exits with 1 where the migrations do not amount to prisma/schema.prisma.
runCommand(async () => {
  const script = await draftMigration(await readMigrations(), await readSchemas());
  if (script === null) {
    print('The migrations amount to prisma/schema.prisma.');
    return 0;
  }
  print(`The migrations do not amount to prisma/schema.prisma. They lack:\n\n${script}`);
  print('Run: npm run migrate:new -- --name what_changed');
  return 1;
});
