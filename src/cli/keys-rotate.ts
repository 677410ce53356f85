import { AuditKeyring } from '../audit/chain/audit-keyring.js';
import { renewKeys } from '../audit/chain/renew-keys.js';
import { writeCheckpointFile } from '../audit/chain/write-checkpoint-file.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import type { Vault } from '../crypto/vault.js';
import { countRecords, totalOf } from '../sealed-records/count-records.js';
import { refuseRetiredKey } from '../sealed-records/retired-keys.js';
import { Rotation, type RotationOptions, type UnreadableRecord } from '../sealed-records/rotate.js';
import { readOptions, UsageError } from './command-line.js';
import { RotationProgress } from './rotation-progress.js';
import { print, runCommand } from './run-command.js';
import { type OpenVault, withVault } from './with-vault.js';

const usage = {
  call: 'npm run keys:rotate [-- --dry-run] [--batch <number>] [--audit]',
  does: 'Seals every record in the database anew with ENCRYPTION_KEY. It may be stopped at any point, and run again.',
  options: {
    '--dry-run': 'opens every record, and changes nothing',
    '--audit':
      'makes new keys for the audit trail first, after a leak, and prints the last checkpoint under the old ones',
    '--batch <number>': 'records in one transaction, 10000 at most; 200 where that is left out',
  },
};

runCommand(async () => {
  const { audit, ...options } = readCommandLine();
  return withVault(async (open) => {
    if (audit) await renewAuditKeys(open, options);
    return rotate(open, options);
  });
});

function readCommandLine(): RotationOptions & { readonly audit: boolean } {
  const {
    'dry-run': dryRun,
    batch,
    audit,
  } = readOptions(process.argv.slice(2), usage, {
    'dry-run': { type: 'boolean', default: false },
    audit: { type: 'boolean', default: false },
    batch: { type: 'string', default: '200' },
  });
  if (!/^[1-9]\d{0,3}$|^10000$/.test(batch))
    throw new UsageError('--batch takes a number from 1 to 10000.', usage);
  return { dryRun, audit, batch: Number(batch) };
}

async function renewAuditKeys(open: OpenVault, { dryRun }: RotationOptions): Promise<void> {
  const { config, database, vault } = open;
  const keyring = new AuditKeyring(database, vault);
  const generations = await keyring.open();
  if (generations === 0 || dryRun) {
    print(generations === 0 ? 'The audit trail has no keys yet.' : 'The audit trail would get new keys.');
    return;
  }
  const note = await renewKeys(database, keyring, config.general.environmentName);
  await writeCheckpointFile(config.audit.checkpointFile, note);
  print(
    `The audit trail has new keys, which servers use within a minute. The last checkpoint under the old ones:\n\n${note}`,
  );
}

async function rotate(
  { database, vault, retiredKeys, state }: OpenVault,
  options: RotationOptions,
): Promise<number> {
  const retired = new Set(retiredKeys.map(({ id }) => id));
  const current = vault.currentKeyId;
  refuseRetiredKey(retired, current);
  if (state && state.encryptionKeyId !== current) {
    print(
      `Mind: no server has started with the key ${current} yet. One that runs without it cannot open what is re-sealed.`,
    );
  }
  const counts = await countRecords(database);
  const total = totalOf(counts.filter(({ keyId }) => keyId !== current)) + misnamedOf(counts, current);
  print(`Records that are not sealed with ENCRYPTION_KEY (${current}): ${total} of ${totalOf(counts)}`);

  const progress = new RotationProgress(total, print);
  let unreadable = 0;
  const missed = await new Rotation(database, vault, options, {
    onProgress: (records) => progress.add(records),
    onUnreadable: (record) => {
      unreadable += 1;
      process.stderr.write(`${describe(record, vault, retired)}\n`);
    },
  }).run();

  const verb = options.dryRun ? 'Could be re-sealed' : 'Re-sealed';
  print(`${verb}: ${progress.done}, in ${progress.seconds} s`);
  if (unreadable > 0) print(`Do not open, and were left as they are: ${unreadable}`);
  if (missed > 0) print(`Were locked by other transactions all the time: ${missed}. Run the command again.`);
  if (unreadable + missed > 0) return 1;
  if (!options.dryRun) print(`All records are sealed with ${current}.`);
  return 0;
}

type Counts = Awaited<ReturnType<typeof countRecords>>;

const misnamedOf = (counts: Counts, current: string): number =>
  counts.reduce((sum, { keyId, misnamed }) => sum + (keyId === current ? misnamed : 0), 0);

function describe(
  { kind, id, envelope }: UnreadableRecord,
  vault: Vault,
  retired: ReadonlySet<string>,
): string {
  return `${kind.table}, row ${id}: does not open: ${reasonOf(envelope, vault, retired)}`;
}

function reasonOf(envelope: string, vault: Vault, retired: ReadonlySet<string>): string {
  try {
    const keyId = vault.keyIdOf(envelope);
    if (retired.has(keyId)) return `it is sealed with the key ${keyId}, which was retired`;
    if (!vault.hasKey(keyId)) return `it is sealed with the key ${keyId}, which is not configured here`;
    return 'it was changed, or belongs to another row';
  } catch (error) {
    if (error instanceof EnvelopeError) return 'it is no record of a version that is known here';
    throw error;
  }
}
