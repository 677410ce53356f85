import { readFile } from 'node:fs/promises';
import { AuditKeyring } from '../audit/chain/audit-keyring.js';
import type { Checkpoint } from '../audit/chain/checkpoint.js';
import { openCheckpoint } from '../audit/chain/take-checkpoint.js';
import { Verification } from '../audit/chain/verification.js';
import { StartupError } from '../common/startup-error.js';
import { readOptions } from './command-line.js';
import { print, runCommand } from './run-command.js';
import { withVault } from './with-vault.js';

const usage = {
  call: 'npm run audit:verify [-- --checkpoint <file>]',
  does: 'Checks every row of the audit trail and its place; exits with 1 where one was changed, removed, inserted or moved.',
  options: {
    '--checkpoint <file>': 'a checkpoint that was kept elsewhere: whether all that it names is still there',
  },
};

/** Rows that are read at a time, and between two lines about how far it is. */
const PAGE = 2_000;
const PROGRESS_ROWS = 100_000;
/** Faults that are printed; of more, the number. */
const MOST_FAULTS = 1_000;

runCommand(async () => {
  const { checkpoint: path } = readOptions(process.argv.slice(2), usage, { checkpoint: { type: 'string' } });
  const note = path === undefined ? null : await readNote(path);
  return withVault(async ({ config, database, vault }) => {
    const keyring = new AuditKeyring(database, vault);
    const generations = await keyring.open();
    const known = note === null ? null : readCheckpoint(note, keyring, config.general.environmentName);
    if (generations === 0) {
      print('No server has started on this database yet: there is nothing to verify.');
      return 0;
    }
    const run = new VerifyRun();
    return verify(run, new Verification(database, keyring, { page: PAGE, known, isPartial: false }, run));
  });
});

async function verify(run: VerifyRun, verification: Verification): Promise<number> {
  await verification.run();
  const { rows, faults } = verification;
  if (faults > MOST_FAULTS) process.stderr.write(`and ${faults - MOST_FAULTS} more\n`);
  print(`${rows} rows verified in ${run.seconds} s. ${faults === 0 ? 'All is right.' : `Faults: ${faults}`}`);
  return faults === 0 ? 0 : 1;
}

/** What is printed of a verification while it runs. */
class VerifyRun {
  readonly #beganAt = performance.now();
  #rows = 0;
  #faults = 0;

  get seconds(): string {
    return ((performance.now() - this.#beganAt) / 1_000).toFixed(1);
  }

  onProgress(rows: number): void {
    const before = Math.floor(this.#rows / PROGRESS_ROWS);
    this.#rows += rows;
    if (Math.floor(this.#rows / PROGRESS_ROWS) > before) print(`${this.#rows} rows, ${this.seconds} s`);
  }

  onFault(words: string): void {
    this.#faults += 1;
    if (this.#faults <= MOST_FAULTS) process.stderr.write(`${words}\n`);
  }
}

async function readNote(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new StartupError(`The checkpoint cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function readCheckpoint(note: string, keyring: AuditKeyring, environmentName: string): Checkpoint {
  const checkpoint = openCheckpoint(note, keyring, environmentName);
  if (checkpoint) return checkpoint;
  throw new StartupError(
    'The file holds no checkpoint of this trail: none of its signatures is by a key of this database and environment.',
  );
}
