import { type AuditConfig, readAudit } from './audit.js';
import { type ChatConfig, readChat } from './chat.js';
import { type MigrationConfig, migrationConfig, readDatabase } from './database.js';
import { checkEncryption, type EncryptionConfig, readEncryption } from './encryption.js';
import { type GeneralConfig, readGeneral } from './general.js';
import { type OutboundConfig, readOutbound } from './outbound.js';
import { readRedis, type RedisConfig } from './redis.js';
import { SecretSource } from './secret-source.js';
import { VariableReader } from './variable-reader.js';

/** What the maintenance of sealed records needs: no way to check tokens, and no provider's key. */
export interface VaultConfig {
  readonly general: GeneralConfig;
  readonly database: MigrationConfig;
  readonly audit: AuditConfig;
  readonly encryption: EncryptionConfig;
  readonly outbound: OutboundConfig;
  readonly redis: RedisConfig;
  readonly chat: ChatConfig;
  readonly warnings: readonly string[];
}

/**
 * Reads and checks that part of the configuration, as {@link loadConfig} does the whole of it.
 *
 * @throws ConfigError naming every mistake by its variable, never by its value
 */
export function loadVaultConfig(environment: Readonly<NodeJS.ProcessEnv>): VaultConfig {
  const reader = new VariableReader(environment);
  const general = readGeneral(reader);
  const database = readDatabase(reader, general);
  const audit = readAudit(reader);
  const outbound = readOutbound(reader);
  const redis = readRedis(reader);
  const chat = readChat(reader);
  checkEncryption(reader, general);
  reader.throwMistakes();

  const secrets = new SecretSource(reader, general);
  const encryption = readEncryption(reader, secrets);
  reader.throwMistakes();
  if (encryption === null) throw new Error('The encryption key is missing although no mistake was reported.');
  const { warnings } = secrets;
  return {
    general,
    database: migrationConfig(reader, general, database),
    audit,
    encryption,
    outbound,
    redis,
    chat,
    warnings,
  };
}
