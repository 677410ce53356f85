import type { ProviderDefinition } from '../common/provider-definition.js';
import { alertsVariables, readAlerts } from './alerts.js';
import { authenticationVariables, checkAuthentication, readAuthentication } from './authentication.js';
import { auditVariables, readAudit } from './audit.js';
import { attachmentVariables, readAttachments } from './attachments.js';
import { chatVariables, readChat } from './chat.js';
import { Config } from './config.js';
import { checkConsole, consoleVariables, readConsole } from './console.js';
import { databaseVariables, type MigrationConfig, migrationConfig, readDatabase } from './database.js';
import { checkEncryption, encryptionVariables, readEncryption } from './encryption.js';
import { generalVariables, readGeneral } from './general.js';
import { keyServiceVariables } from './key-services.js';
import { limitsVariables, readLimits } from './limits.js';
import { outboundVariables, readOutbound } from './outbound.js';
import { isOpenToOthers } from './private-folder.js';
import { readProviders, timeoutVariables, variablesOf } from './providers.js';
import { readRedis, redisVariables } from './redis.js';
import { fileVariableOf } from './secret-file.js';
import { SecretSource } from './secret-source.js';
import { readServer, serverVariables } from './server.js';
import { readServerKeysRule, serverKeysVariables } from './server-keys.js';
import type { Variable } from './variable.js';
import { VariableReader } from './variable-reader.js';

/** Every variable that has an effect, in the order of `.env.example`. */
export function listVariables(definitions: readonly ProviderDefinition[]): Variable<unknown>[] {
  const variables = [
    ...Object.values<Variable<unknown>>(generalVariables),
    ...Object.values<Variable<unknown>>(serverVariables),
    ...Object.values<Variable<unknown>>(databaseVariables),
    ...Object.values<Variable<unknown>>(redisVariables),
    ...Object.values<Variable<unknown>>(auditVariables),
    ...Object.values<Variable<unknown>>(encryptionVariables),
    ...Object.values<Variable<unknown>>(keyServiceVariables),
    ...Object.values<Variable<unknown>>(authenticationVariables),
    ...Object.values<Variable<unknown>>(consoleVariables),
    ...Object.values<Variable<unknown>>(timeoutVariables),
    ...Object.values<Variable<unknown>>(chatVariables),
    ...Object.values<Variable<unknown>>(attachmentVariables),
    ...Object.values<Variable<unknown>>(limitsVariables),
    ...Object.values<Variable<unknown>>(outboundVariables),
    ...Object.values<Variable<unknown>>(alertsVariables),
    ...Object.values<Variable<unknown>>(serverKeysVariables),
    ...definitions.flatMap(variablesOf),
  ];
  return variables.flatMap((variable) =>
    variable.secret ? [variable, fileVariableOf(variable)] : [variable],
  );
}

/**
 * The part that migrations need. They run before a server has its secrets, and by who may not have them.
 *
 * @throws ConfigError
 */
export function loadDatabaseConfig(environment: Readonly<NodeJS.ProcessEnv>): MigrationConfig {
  const reader = new VariableReader(environment);
  const general = readGeneral(reader);
  const database = readDatabase(reader, general);
  reader.throwMistakes();
  return migrationConfig(reader, general, database);
}

/**
 * Reads and checks the whole configuration. It depends on its arguments and the files of secrets that these name, but
 * for secrets that are unset outside production: those are made once and kept in `DATA_DIR`, when everything else is
 * right.
 *
 * @param definitions the registry: names each provider's variables
 * @throws ConfigError naming every mistake by its variable, never by its value
 */
export function loadConfig(
  environment: Readonly<NodeJS.ProcessEnv>,
  definitions: readonly ProviderDefinition[],
): Config {
  const reader = new VariableReader(environment);
  const general = readGeneral(reader);
  const server = readServer(reader);
  const database = readDatabase(reader, general);
  const audit = readAudit(reader);
  const redis = readRedis(reader);
  const chat = readChat(reader);
  const attachments = readAttachments(reader);
  const limits = readLimits(reader);
  const outbound = readOutbound(reader);
  const alerts = readAlerts(reader);
  const serverKeysFor = readServerKeysRule(reader);
  const providers = readProviders(reader, definitions);
  checkEncryption(reader, general);
  checkAuthentication(reader, general);
  checkConsole(reader);
  reader.throwMistakes();

  const secrets = new SecretSource(reader, general);
  const encryption = readEncryption(reader, secrets);
  const authentication = readAuthentication(reader, secrets);
  reader.throwMistakes();
  if (encryption === null || authentication === null) {
    throw new Error('A section of the configuration is missing although no mistake was reported.');
  }

  const warnings = [...secrets.warnings];
  const console = readConsole(reader, authentication, warnings);
  if (isOpenToOthers(general.dataDirectory)) {
    warnings.push('DATA_DIR can be read by other users of this machine: chmod 700 it.');
  }
  return new Config({
    general,
    server,
    database,
    audit,
    encryption,
    authentication,
    console,
    redis,
    chat,
    attachments,
    limits,
    outbound,
    alerts,
    serverKeysFor,
    providers,
    warnings,
  });
}
