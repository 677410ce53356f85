import { Injectable } from '@nestjs/common';
import { StartupError } from '../../common/startup-error.js';
import { AuditKeys, type SealedAuditKeys } from '../../crypto/audit-keys.js';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import { Vault } from '../../crypto/vault.js';
import { DatabaseReadOnlyError } from '../../prisma/database-unavailable.error.js';
import { DatabaseService } from '../../prisma/database.service.js';

/** Every generation of the trail's keys: the newest one makes new MACs, all of them check old ones. */
@Injectable()
export class AuditKeyring {
  #byGeneration = new Map<number, AuditKeys>();
  #current: AuditKeys | null = null;

  constructor(
    private readonly database: DatabaseService,
    private readonly vault: Vault,
  ) {}

  /** The newest. */
  get current(): AuditKeys {
    if (this.#current === null) throw new Error('The keys of the trail are not loaded.');
    return this.#current;
  }

  find(generation: number): AuditKeys | null {
    return this.#byGeneration.get(generation) ?? null;
  }

  get all(): readonly AuditKeys[] {
    return [...this.#byGeneration.values()];
  }

  /**
   * Opens what is stored, and has it sealed with the current encryption key. The first server on a database makes the first
   * generation.
   *
   * @throws StartupError where one does not open, or the first cannot be stored
   */
  async load(): Promise<void> {
    const rows = await this.read();
    if (rows.length > 0) {
      await this.adoptCurrentKey(rows);
      return;
    }
    // Of servers that start at the same time one is first, and its keys count.
    await this.addFirst().catch((error: unknown) => {
      if (!(error instanceof DatabaseReadOnlyError)) throw error;
      throw new StartupError(
        'The database takes no changes (a standby, or set to read only), and the first server on it has to make the ' +
          "audit trail's keys. Start again when it takes changes.",
        { cause: error },
      );
    });
    if ((await this.open()) === 0) throw new Error("The audit trail's keys vanished.");
  }

  /** Opens what is stored, the first time and whenever others may have added to it. @returns how many generations there are */
  async open(): Promise<number> {
    return (await this.read()).length;
  }

  private async read(): Promise<SealedAuditKeys[]> {
    const rows = await this.database.client.auditKeys.findMany({ orderBy: { generation: 'asc' } });
    for (const row of rows) {
      if (this.#byGeneration.get(row.generation)?.publicKey.toString('base64') === row.publicKey) continue;
      this.#byGeneration.set(row.generation, this.unseal(row));
    }
    this.#current = rows.length === 0 ? null : this.find(rows.at(-1)?.generation ?? 0);
    return rows;
  }

  /** Makes keys that are stored nowhere yet. */
  create(generation: number): {
    readonly keys: AuditKeys;
    readonly row: SealedAuditKeys & { readonly encryptionKeyId: string };
  } {
    const { keys, sealed } = AuditKeys.create(this.vault, generation);
    return { keys, row: { ...sealed, encryptionKeyId: this.vault.currentKeyId } };
  }

  private async addFirst(): Promise<void> {
    const { row } = this.create(1);
    await this.database.client.auditKeys.createMany({ data: [row], skipDuplicates: true });
  }

  /** As the check value of the database: what a server needs to start does not keep a previous key in the configuration. */
  private async adoptCurrentKey(rows: readonly SealedAuditKeys[]): Promise<void> {
    const encryptionKeyId = this.vault.currentKeyId;
    for (const row of rows) {
      const { generation, envelope } = row;
      if (this.vault.keyIdOf(envelope) === encryptionKeyId) continue;
      const data = { envelope: AuditKeys.reseal(this.vault, row), encryptionKeyId };
      await this.database.client.auditKeys
        .updateMany({ where: { generation, envelope }, data })
        .catch((error: unknown) => {
          // The next start on a database that takes changes does it.
          if (!(error instanceof DatabaseReadOnlyError)) throw error;
        });
    }
  }

  private unseal(row: SealedAuditKeys): AuditKeys {
    try {
      return AuditKeys.open(this.vault, row);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      throw new StartupError(
        `The audit trail's keys (table audit_keys, generation ${row.generation}) do not open: they were changed, or ` +
          'sealed with an encryption key that is missing here. Add that key to ENCRYPTION_KEYS_PREVIOUS, or restore the ' +
          'row from a backup.',
        { cause: error },
      );
    }
  }
}
