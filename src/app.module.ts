import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AccessTokensModule } from './access-tokens/access-tokens.module.js';
import { AlertWebhookModule } from './alert-webhook/alert-webhook.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AttachmentsModule } from './attachments/attachments.module.js';
import { AuditModule } from './audit/audit.module.js';
import { chatEventTypes } from './chat/schema/chat-event.model.js';
import { ChatModule } from './chat/chat.module.js';
import { LifecycleModule } from './common/lifecycle.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { ConsoleDoorModule } from './console-door/console-door.module.js';
import { GraphiQLModule } from './graphiql/graphiql.module.js';
import { GraphQLModule } from './graphql/graphql.module.js';
import { HttpErrorFilter } from './graphql/http/http-error.filter.js';
import { InputValidationPipe } from './graphql/every-door/input-validation.pipe.js';
import { HealthModule } from './health/health.module.js';
import { KeyProbesModule } from './key-probes/key-probes.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { ModelsModule } from './models/models.module.js';
import { MyDataModule } from './my-data/my-data.module.js';
import { OpenAIDoorModule } from './openai-door/openai-door.module.js';
import { ProvidersModule } from './providers/chat/providers.module.js';
import { RedisModule } from './redis/redis.module.js';
import { registry } from './providers/registry/registry.js';
import { SearchModule } from './providers/search/search.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { LoggingModule } from './telemetry/logging.module.js';
import { WebSearchModule } from './web-search/web-search.module.js';

/** Composition only. */
@Module({})
export class AppModule {
  /** @param consoleFolder where the console's built page is */
  static register(config: Config, consoleFolder: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(config),
        LifecycleModule,
        RedisModule,
        LimitsModule,
        LoggingModule.register(),
        ProvidersModule.register(registry.filter((entry) => entry.kind === 'CHAT')),
        SearchModule.register(registry.filter((entry) => entry.kind === 'SEARCH')),
        AccessTokensModule,
        AlertWebhookModule,
        AlertsModule,
        AttachmentsModule,
        AuditModule,
        KeyProbesModule,
        KeysModule,
        SettingsModule,
        ChatModule,
        ModelsModule,
        MyDataModule,
        OpenAIDoorModule,
        WebSearchModule,
        HealthModule,
        GraphQLModule.register(chatEventTypes),
        ConsoleDoorModule.register(config, consoleFolder),
        GraphiQLModule.register(config),
      ],
      providers: [
        { provide: APP_FILTER, useClass: HttpErrorFilter },
        { provide: APP_PIPE, useClass: InputValidationPipe },
      ],
    };
  }
}
