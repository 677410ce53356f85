import { parseArgs } from 'node:util';
import { StartupError } from '../common/startup-error.js';
import { print, runCommand } from './run-command.js';
import { withMigrator } from './with-migrator.js';

const USAGE = 'Usage: npm run migrate [-- --rolled-back <name of a failed migration>]';

// npm run migrate: applies the migrations that the database lacks.
runCommand(async () => {
  const rolledBack = readArguments();
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

function readArguments(): string | undefined {
  try {
    return parseArgs({ options: { 'rolled-back': { type: 'string' } } }).values['rolled-back'];
  } catch {
    throw new StartupError(USAGE);
  }
}
