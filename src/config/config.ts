import { inspect } from 'node:util';
import type { AlertsConfig } from './alerts.js';
import type { AttachmentsConfig } from './attachments.js';
import type { AuditConfig } from './audit.js';
import type { AuthenticationConfig } from './authentication.js';
import type { ChatConfig } from './chat.js';
import type { ConsoleConfig } from './console.js';
import type { DatabaseConfig } from './database.js';
import type { EncryptionConfig } from './encryption.js';
import type { GeneralConfig } from './general.js';
import type { LimitsConfig } from './limits.js';
import type { OutboundConfig } from './outbound.js';
import type { ProviderConfig } from './providers.js';
import type { RedisConfig } from './redis.js';
import type { ServerConfig } from './server.js';
import type { ServerKeysRule } from './server-keys.js';

export interface ConfigSections {
  readonly general: GeneralConfig;
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly audit: AuditConfig;
  readonly encryption: EncryptionConfig;
  readonly authentication: AuthenticationConfig;
  readonly console: ConsoleConfig;
  readonly redis: RedisConfig;
  readonly chat: ChatConfig;
  readonly attachments: AttachmentsConfig;
  readonly limits: LimitsConfig;
  readonly outbound: OutboundConfig;
  readonly alerts: AlertsConfig;
  readonly serverKeysFor: ServerKeysRule;
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  /** What an operator should know but need not act on; logged at start. */
  readonly warnings: readonly string[];
}

/** The operator's settings, read once from the environment and found to be right. Also Nest's injection token. */
export class Config {
  readonly general: GeneralConfig;
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly audit: AuditConfig;
  readonly encryption: EncryptionConfig;
  readonly authentication: AuthenticationConfig;
  readonly console: ConsoleConfig;
  readonly redis: RedisConfig;
  readonly chat: ChatConfig;
  readonly attachments: AttachmentsConfig;
  readonly limits: LimitsConfig;
  readonly outbound: OutboundConfig;
  readonly alerts: AlertsConfig;
  readonly serverKeysFor: ServerKeysRule;
  readonly warnings: readonly string[];
  readonly #providers: ReadonlyMap<string, ProviderConfig>;
  readonly #sections: ConfigSections;

  constructor(sections: ConfigSections) {
    this.#sections = sections;
    this.general = sections.general;
    this.server = sections.server;
    this.database = sections.database;
    this.audit = sections.audit;
    this.encryption = sections.encryption;
    this.authentication = sections.authentication;
    this.console = sections.console;
    this.redis = sections.redis;
    this.chat = sections.chat;
    this.attachments = sections.attachments;
    this.limits = sections.limits;
    this.outbound = sections.outbound;
    this.alerts = sections.alerts;
    this.serverKeysFor = sections.serverKeysFor;
    this.warnings = sections.warnings;
    this.#providers = sections.providers;
  }

  /** @param id of a definition that the configuration was loaded with */
  getProvider(id: string): ProviderConfig {
    const provider = this.#providers.get(id);
    if (provider === undefined) throw new Error(`The configuration was loaded without the provider ${id}.`);
    return provider;
  }

  /** The same configuration with other keys: those that key services have unwrapped. */
  withEncryption(encryption: EncryptionConfig): Config {
    return new Config({ ...this.#sections, encryption });
  }

  /** Database URLs hold passwords: none of it is printed. */
  toJSON(): string {
    return '[config]';
  }

  [inspect.custom](): string {
    return '[config]';
  }
}
