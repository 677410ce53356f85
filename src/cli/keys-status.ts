import { findVerifiers } from '../audit/chain/find-verifiers.js';
import { countRecords } from '../sealed-records/count-records.js';
import { readOptions } from './command-line.js';
import { statusOf } from './keys-status-lines.js';
import { print, runCommand } from './run-command.js';
import { withVault } from './with-vault.js';

const usage = {
  call: 'npm run keys:status',
  does: 'Says what is sealed with which encryption key, and which may be retired; exits with 1 where a record cannot be opened.',
};

runCommand(async () => {
  readOptions(process.argv.slice(2), usage, {});
  return withVault(async ({ config, database, vault, retiredKeys, state }) => {
    const { lines, isGood } = statusOf({
      currentKeyId: vault.currentKeyId,
      previousKeyIds: vault.previousKeyIds,
      retiredKeys,
      counts: await countRecords(database),
      verifiers: await findVerifiers(database, config.general.environmentName),
      changedAt: state?.updatedAt ?? null,
      chatsMs: config.redis.url === null ? null : config.chat.maxDurationMs + config.chat.retentionMs,
      now: new Date(),
    });
    for (const line of lines) print(line);
    return isGood ? 0 : 1;
  });
});
