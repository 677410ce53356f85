import { readOptions } from './command-line.js';
import { print, runCommand } from './run-command.js';
import { withMigrator } from './with-migrator.js';

const usage = {
  call: 'npm run migrate [-- --rolled-back <name>]',
  does: 'Applies the migrations that the database lacks.',
  options: { '--rolled-back <name>': 'first free a migration that failed to be applied again' },
};

runCommand(async () => {
  const { 'rolled-back': rolledBack } = readOptions(process.argv.slice(2), usage, {
    'rolled-back': { type: 'string' },
  });
  await withMigrator(async (migrator) => {
    if (rolledBack !== undefined) await migrator.markRolledBack(rolledBack);
    const applied = await migrator.apply();
    for (const name of applied) print(`Applied ${name}`);
    print(
      applied.length === 0 ? 'Nothing to apply: the database is up to date.' : 'The database is up to date.',
    );
  });
  return 0;
});
