import { readOptions } from './command-line.js';
import { print, runCommand } from './run-command.js';
import { withMigrator } from './with-migrator.js';

const usage = {
  call: 'npm run migrate:status',
  does: 'Says what the database lacks; exits with 1 where it is not as this version needs it.',
};

runCommand(async () => {
  readOptions(process.argv.slice(2), usage, {});
  const { pending, failed, edited, unknown } = await withMigrator((migrator) => migrator.status());
  const report = (heading: string, names: readonly string[]) => {
    if (names.length > 0) print([heading, ...names.map((name) => `  ${name}`)].join('\n'));
  };
  report('Failed; they stop all that come after them:', failed);
  report('To be applied (npm run migrate):', pending);
  report('Applied, and changed in prisma/migrations afterwards:', edited);
  report('Applied by a newer version of this server:', unknown);
  if (pending.length + failed.length > 0) return 1;
  print('The database is up to date.');
  return 0;
});
