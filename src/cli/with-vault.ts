import { StartupError } from '../common/startup-error.js';
import { processEnvironment } from '../config/environment.js';
import { loadVaultConfig, type VaultConfig } from '../config/load-vault-config.js';
import { keyringOf } from '../crypto/keyring.js';
import { Vault } from '../crypto/vault.js';
import { unwrapKeys } from '../key-services/unwrap-keys.js';
import { explainFailure } from '../prisma/database-problem.js';
import { DatabaseService } from '../prisma/database.service.js';
import { DatabaseUnavailableError } from '../prisma/database-unavailable.error.js';
import { codesOf } from '../prisma/error-codes.js';
import type { RetiredKey, VaultState } from '../prisma/generated/client.js';
import { addressOf } from '../prisma/postgres.js';
import { checkEnvironment } from '../sealed-records/check-environment.js';
import { findRetiredKeys } from '../sealed-records/retired-keys.js';

/** Statements over a whole table may take their time: nobody waits for an answer. */
const LIMITS = { connections: 2, statementMs: 600_000, totalMs: 610_000 };

/** The database with the keys to it. */
export interface OpenVault {
  readonly config: VaultConfig;
  readonly database: DatabaseService;
  /** Opens nothing that a retired key sealed. */
  readonly vault: Vault;
  readonly retiredKeys: readonly RetiredKey[];
  /** Null where no server has started on this database yet. */
  readonly state: VaultState | null;
}

/**
 * Opens the database that the environment names, and names it, for the maintenance of what is sealed in it; closes it
 * afterwards. As for migrations, it is the tables' owner who does it.
 *
 * @param talk where it is named
 * @throws StartupError
 */
export async function withVault<Result>(
  work: (open: OpenVault) => Promise<Result>,
  talk: NodeJS.WritableStream = process.stdout,
): Promise<Result> {
  const config = loadVaultConfig(processEnvironment());
  const { migrationUrl, migrationVariable, dataDirectory } = config.database;
  const vault = new Vault(keyringOf(await unwrapKeys(config.encryption, config.outbound)));
  for (const warning of config.warnings) process.stderr.write(`${warning}\n`);
  talk.write(
    `Database: ${migrationUrl === null ? `the embedded one in ${dataDirectory}` : addressOf(migrationUrl)}\n`,
  );
  const settings = { url: migrationUrl, variable: migrationVariable, dataDir: dataDirectory, limits: LIMITS };
  const database = new DatabaseService(settings);
  await database.onModuleInit();
  try {
    const [retiredKeys, state] = [
      await findRetiredKeys(database),
      await database.client.vaultState.findUnique({ where: { id: 1 } }),
    ];
    if (state) checkEnvironment(state, config.general.environmentName);
    vault.retire(retiredKeys.map(({ id }) => id));
    return await work({ config, database, vault, retiredKeys, state });
  } catch (error) {
    throw explain(error, migrationVariable);
  } finally {
    await database.onApplicationShutdown();
  }
}

function explain(error: unknown, variable: string): unknown {
  if (error instanceof DatabaseUnavailableError) {
    return new StartupError(`${error.message} What is done stays done: run the command again.`, {
      cause: error,
    });
  }
  if (error instanceof StartupError || codesOf(error).length === 0) return error;
  return new StartupError(`The database cannot be used: ${explainFailure(error, variable)}`, {
    cause: error,
  });
}
