import { AuditKeyring } from '../audit/chain/audit-keyring.js';
import { endOfRetention, pruneTrail } from '../audit/chain/prune.js';
import { readOptions, UsageError } from './command-line.js';
import { keepCheckpoint } from './keep-checkpoint.js';
import { print, runCommand } from './run-command.js';
import { type OpenVault, withVault } from './with-vault.js';

const usage = {
  call: 'npm run audit:prune [-- --before <date>]',
  does: "Removes rows of the audit trail whose time has come, as the tables' owner, and prints a signed checkpoint of the rest.",
  options: {
    '--before <date>': 'as 2026-11-27, or with a time in UTC; AUDIT_RETENTION_DAYS where that is left out',
  },
};

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;

runCommand(async () => {
  const { before } = readOptions(process.argv.slice(2), usage, { before: { type: 'string' } });
  const named = before === undefined ? null : readDate(before);
  return withVault((open) => prune(open, named));
});

function readDate(text: string): Date {
  const date = new Date(text);
  if (!DATE.test(text) || isNaN(date.getTime()))
    throw new UsageError('--before takes a date, as 2026-11-27 or 2026-11-27T12:00Z.', usage);
  if (date.getTime() > Date.now()) throw new UsageError('--before takes a date that is past.', usage);
  return date;
}

async function prune(open: OpenVault, named: Date | null): Promise<number> {
  const { config, database, vault } = open;
  const { retentionDays } = config.audit;
  const before = named ?? (retentionDays === null ? null : endOfRetention(retentionDays));
  if (before === null) throw new UsageError('Set AUDIT_RETENTION_DAYS, or name a date.', usage);
  const keyring = new AuditKeyring(database, vault);
  if ((await keyring.open()) === 0) {
    print('No server has started on this database yet: there is nothing to remove.');
    return 0;
  }
  let removed = 0;
  await pruneTrail(database, keyring.current, before, (rows) => {
    removed += rows;
    if (rows > 0) print(`${removed} rows removed`);
  });
  print(
    `Removed of the time before ${before.toISOString()}: ${removed} rows. A checkpoint of what is left:\n`,
  );
  process.stdout.write(await keepCheckpoint(open, keyring));
  return 0;
}
