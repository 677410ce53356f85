import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ChatAdapters } from './chat-adapters.js';
import type { ChatProviderEntry } from './contract.js';
import { StreamingAdapter } from './streaming-adapter.js';

/** Makes an adapter for every chat provider that it is given. It knows no registry: the application hands it over. */
@Module({})
export class ProvidersModule {
  static register(entries: readonly ChatProviderEntry[]): DynamicModule {
    return {
      module: ProvidersModule,
      global: true,
      imports: [OutboundModule],
      providers: [
        {
          provide: ChatAdapters,
          inject: [Config, OutboundHttp],
          useFactory: (config: Config, http: OutboundHttp) =>
            new ChatAdapters(
              new Map(
                entries.map((entry) => [
                  entry.id,
                  new StreamingAdapter(entry.dialect, config.getProvider(entry.id).settings, http),
                ]),
              ),
            ),
        },
      ],
      exports: [ChatAdapters],
    };
  }
}
