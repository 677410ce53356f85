import { AuditKeyring } from '../audit/chain/audit-keyring.js';
import { StartupError } from '../common/startup-error.js';
import { readOptions } from './command-line.js';
import { keepCheckpoint } from './keep-checkpoint.js';
import { runCommand } from './run-command.js';
import { withVault } from './with-vault.js';

const usage = {
  call: 'npm run audit:checkpoint',
  does: 'Prints a signed checkpoint of the audit trail, and nothing else, to standard output. Keep it elsewhere.',
};

runCommand(async () => {
  readOptions(process.argv.slice(2), usage, {});
  return withVault(async (open) => {
    const keyring = new AuditKeyring(open.database, open.vault);
    if ((await keyring.open()) === 0)
      throw new StartupError('No server has started on this database yet: there is no trail.');
    process.stdout.write(await keepCheckpoint(open, keyring));
    return 0;
  }, process.stderr);
});
