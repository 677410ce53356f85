import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { OutboundHttp } from '../../outbound/outbound-http.js';
import { OutboundModule } from '../../outbound/outbound.module.js';
import { UpstreamLog } from '../../outbound/upstream-log.js';
import type { SearchEngineEntry } from './contract.js';
import { SearchService, type TimedEngine } from './search.service.js';

/** Makes an adapter for every search engine that it is given. It knows no registry: the application hands it over. */
@Module({})
export class SearchModule {
  static register(entries: readonly SearchEngineEntry[]): DynamicModule {
    return {
      module: SearchModule,
      global: true,
      imports: [OutboundModule],
      providers: [
        {
          provide: SearchService,
          inject: [Config, OutboundHttp, UpstreamLog],
          useFactory: (config: Config, http: OutboundHttp, log: UpstreamLog) =>
            new SearchService(
              new Map(entries.map((entry) => [entry.id, makeEngine(entry, config, http, log)])),
            ),
        },
      ],
      exports: [SearchService],
    };
  }
}

function makeEngine(
  entry: SearchEngineEntry,
  config: Config,
  http: OutboundHttp,
  log: UpstreamLog,
): TimedEngine {
  const { settings } = config.getProvider(entry.id);
  const { textFormat } = entry;
  // Both of a search's time limits are SEARCH_TIMEOUT_MS: none of its parts may take longer than the whole.
  return {
    engine: entry.createAdapter(settings, http),
    textFormat,
    timeoutMs: settings.firstByteTimeoutMs,
    report: (error) => log.warn(entry.id, settings.endpoints.api, error),
  };
}
