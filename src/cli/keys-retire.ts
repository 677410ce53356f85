import { StartupError } from '../common/startup-error.js';
import { hasCode } from '../prisma/error-codes.js';
import { refuseRetiredKey, retireKey } from '../sealed-records/retired-keys.js';
import { readArgument } from './command-line.js';
import { print, runCommand } from './run-command.js';
import { type OpenVault, withVault } from './with-vault.js';

const usage = {
  call: 'npm run keys:retire -- <id>',
  does:
    'Retires a previous encryption key for good: from then on nothing opens that it sealed, also where its key is ' +
    'configured again. npm run keys:status lists the ids.',
};

/** 8 bytes in base64url. */
const KEY_ID = /^[\w-]{11}$/;

/** PostgreSQL's lock_not_available. */
const LOCKED = '55P03';

runCommand(async () => {
  const id = readArgument(process.argv.slice(2), usage, KEY_ID);
  return withVault((open) => retire(open, id));
});

async function retire({ database, vault, retiredKeys }: OpenVault, id: string): Promise<number> {
  refuseRetiredKey(new Set(retiredKeys.map((key) => key.id)), vault.currentKeyId);
  if (id === vault.currentKeyId) {
    throw new StartupError(
      `${id} is ENCRYPTION_KEY itself. Only a previous key can be retired: change keys first.`,
    );
  }
  const outcome = await retireKey(database, id).catch((error: unknown) => {
    if (!hasCode(error, LOCKED)) throw error;
    throw new StartupError(
      'The tables are in use by a long transaction. Nothing was changed: run the command again.',
    );
  });
  if (outcome === 'ALREADY_RETIRED') {
    print(`${id} was retired before.`);
    return 0;
  }
  if (outcome !== 'RETIRED') {
    print(`${id} was not retired: ${outcome} records are sealed with it. Run: npm run keys:rotate`);
    return 1;
  }
  print(`${id} is retired: nothing opens any more that it sealed. Remove it from ENCRYPTION_KEYS_PREVIOUS.`);
  if (!vault.previousKeyIds.includes(id)) print('Mind: it was not among the keys that are configured here.');
  return 0;
}
