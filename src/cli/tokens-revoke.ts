import { AccessTokensRepository } from '../access-tokens/access-tokens.repository.js';
import { AuditKeyring } from '../audit/chain/audit-keyring.js';
import { AuditTrail } from '../audit/chain/audit-trail.js';
import { isUserId } from '../auth/user-id.js';
import { readOptions, UsageError } from './command-line.js';
import { print, runCommand } from './run-command.js';
import { type OpenVault, withVault } from './with-vault.js';

const usage = {
  call: 'npm run tokens:revoke -- --user <id>',
  does: "Ends a user's access tokens: those of an account that is closed at the identity provider, say. What they have open on servers is closed within five seconds.",
  options: { '--user <id>': "the user's id, the `sub` of their JWT" },
};

runCommand(async () => {
  const { user } = readOptions(process.argv.slice(2), usage, { user: { type: 'string' } });
  if (!isUserId(user)) throw new UsageError('--user is missing, or no id of a user.', usage);
  return withVault((open) => revokeAll(open, user));
});

async function revokeAll({ database, vault }: OpenVault, userId: string): Promise<number> {
  const keyring = new AuditKeyring(database, vault);
  if ((await keyring.open()) === 0) {
    print('No server has started on this database yet: there are no access tokens.');
    return 0;
  }
  const trail = new AuditTrail(database, keyring);
  const tokens = new AccessTokensRepository(database, trail);
  const revoked = await tokens.revoke(userId, await tokens.findTraces(userId)).finally(() => trail.close());
  print(revoked.length === 1 ? '1 access token revoked' : `${revoked.length} access tokens revoked`);
  return 0;
}
