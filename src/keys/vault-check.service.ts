import { Injectable, Logger } from '@nestjs/common';
import { Secret } from '../common/secret.js';
import { StartupError } from '../common/startup-error.js';
import { Config } from '../config/config.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { Vault } from '../crypto/vault.js';
import { DatabaseService } from '../prisma/database.service.js';
import { explainFailure } from '../prisma/database-problem.js';
import { DatabaseReadOnlyError } from '../prisma/database-unavailable.error.js';
import { codesOf } from '../prisma/error-codes.js';
import type { VaultState } from '../prisma/generated/client.js';
import { checkEnvironment } from '../sealed-records/check-environment.js';
import { dropRetiredKeys, retiredState } from './retired-keys-check.js';

const CANARY = 'keystream';

/**
 * Holds the configured encryption keys against the database, before the server listens: a server with the wrong key
 * would find every stored key unreadable, and seal new ones that the right server cannot read.
 */
@Injectable()
export class VaultCheck {
  readonly #logger = new Logger(VaultCheck.name);

  constructor(
    private readonly database: DatabaseService,
    private readonly vault: Vault,
    private readonly config: Config,
  ) {}

  /** @throws StartupError that says which of the cases it is, and what to do */
  async check(): Promise<void> {
    try {
      await this.compare();
    } catch (error) {
      if (error instanceof StartupError || codesOf(error).length === 0) throw error;
      const problem = explainFailure(error, 'DATABASE_URL');
      throw new StartupError(`The database cannot be used: ${problem}`, { cause: error });
    }
  }

  private async compare(): Promise<void> {
    const retired = await dropRetiredKeys(this.database, this.vault, this.#logger);
    const found = await this.findState();
    // A database that was restored in part may have keys and no state: only who can open them may say what it is.
    if (!found) await this.checkStoredKeys(retired);
    const state = found ?? (await this.createState());
    checkEnvironment(state, this.config.general.environmentName);
    if (retired.has(state.encryptionKeyId)) throw retiredState(state);
    this.checkCanary(state);
    await this.checkStoredKeys(retired);
    if (state.encryptionKeyId !== this.vault.currentKeyId) await this.adoptCurrentKey(state);
  }

  private findState(): Promise<VaultState | null> {
    return this.database.client.vaultState.findUnique({ where: { id: 1 } });
  }

  private async createState(): Promise<VaultState> {
    // Another server that starts at the same time may be faster: then its row counts, and is checked like any other.
    const data = { id: 1, ...this.sealCanary(), environmentName: this.config.general.environmentName };
    await this.database.client.vaultState
      .createMany({ data: [data], skipDuplicates: true })
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseReadOnlyError)) throw error;
        throw new StartupError(
          'The database takes no changes (a standby, or set to read only), and the first server on it has to write ' +
            'down which encryption key it belongs to. Start again when it takes changes.',
          { cause: error },
        );
      });
    const state = await this.findState();
    if (!state) throw new Error('The state of the vault vanished.');
    return state;
  }

  private checkCanary({ encryptionKeyId, canary, environmentName }: VaultState): void {
    if (!this.vault.hasKey(encryptionKeyId)) throw this.wrongKey(encryptionKeyId);
    try {
      this.vault.open(canary, { purpose: 'canary', environmentName }).destroy();
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      throw new StartupError(
        `The key ${encryptionKeyId} is right, but the check value that it sealed in this database (table vault_state) ` +
          'was changed: the database is damaged or was tampered with. Restore it from a backup.',
      );
    }
  }

  private wrongKey(encryptionKeyId: string): StartupError {
    const current = this.vault.currentKeyId;
    if (this.config.encryption.previousKeys.length > 0) {
      return new StartupError(
        `A previous key is missing: this database was sealed with the key ${encryptionKeyId}, which is neither ` +
          `ENCRYPTION_KEY (${current}) nor among ENCRYPTION_KEYS_PREVIOUS. Add it to ENCRYPTION_KEYS_PREVIOUS.`,
      );
    }
    return new StartupError(
      `ENCRYPTION_KEY is the wrong one: this database was sealed with the key ${encryptionKeyId}, and ENCRYPTION_KEY is ` +
        `${current}. Set ENCRYPTION_KEY to the key that this database was made with; or, if you mean to change keys, ` +
        'put that key into ENCRYPTION_KEYS_PREVIOUS. A key that is lost cannot be recovered, nor what it sealed.',
    );
  }

  /** Those of a retired key are no reason not to start: they are unreadable, and were put there. */
  private async checkStoredKeys(retired: ReadonlySet<string>): Promise<void> {
    const groups = await this.database.client.sealedKey.groupBy({ by: ['encryptionKeyId'], _count: true });
    const missing = groups.filter(
      ({ encryptionKeyId: keyId }) => !this.vault.hasKey(keyId) && !retired.has(keyId),
    );
    if (missing.length === 0) return;
    const list = missing
      .map(({ encryptionKeyId, _count }) => `${encryptionKeyId} (stored keys: ${_count})`)
      .join(', ');
    throw new StartupError(
      `A previous key is missing: stored keys were sealed with ${list}, which this server does not have. ` +
        'Add it to ENCRYPTION_KEYS_PREVIOUS. If it is lost, those keys are unreadable for good: ' +
        'delete their rows from sealed_keys, and their owners store them again.',
    );
  }

  /** Nothing depends on it but the next start, which comes here again. */
  private async adoptCurrentKey({ encryptionKeyId }: VaultState): Promise<void> {
    try {
      await this.database.client.vaultState.updateMany({
        where: { id: 1, encryptionKeyId },
        data: this.sealCanary(),
      });
    } catch (error) {
      if (!(error instanceof DatabaseReadOnlyError)) throw error;
      this.#logger.warn(
        `The database takes no changes, so it goes on naming ${encryptionKeyId} as its encryption key. ` +
          'Keep that one in ENCRYPTION_KEYS_PREVIOUS until this server was started again on a database that does.',
      );
    }
  }

  private sealCanary(): { encryptionKeyId: string; canary: string } {
    const { environmentName } = this.config.general;
    const secret = Secret.fromText(CANARY);
    const canary = this.vault.seal(secret, { purpose: 'canary', environmentName });
    return { encryptionKeyId: this.vault.currentKeyId, canary };
  }
}
