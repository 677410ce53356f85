import { type DynamicModule, Module } from '@nestjs/common';
import { isOperated } from '../../common/provider-definition.js';
import { Config } from '../../config/config.js';
import { EndpointHttp } from '../../outbound/endpoint-http.js';
import { OutboundHttp } from '../../outbound/outbound-http.js';
import { OutboundModule } from '../../outbound/outbound.module.js';
import { UpstreamLog } from '../../outbound/upstream-log.js';
import { ChatAdapters, type EndpointAdapterMaker } from './chat-adapters.js';
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
          inject: [Config, OutboundHttp, EndpointHttp, UpstreamLog],
          useFactory: (config: Config, http: OutboundHttp, endpointHttp: EndpointHttp, log: UpstreamLog) => {
            const operated = entries.filter((entry) => isOperated(entry));
            const addressed = entries.filter((entry) => !isOperated(entry));
            return new ChatAdapters(
              new Map(operated.map((entry) => [entry.id, makeAdapter(entry, config, http, log)])),
              new Map(
                addressed.map((entry) => [entry.id, endpointAdapters(entry, config, endpointHttp, log)]),
              ),
            );
          },
        },
      ],
      exports: [ChatAdapters],
    };
  }
}

/** Its adapters have the address of the key that they are made for, and a way that leads to no other. */
function endpointAdapters(
  entry: ChatProviderEntry,
  config: Config,
  http: EndpointHttp,
  log: UpstreamLog,
): EndpointAdapterMaker {
  const { settings } = config.getProvider(entry.id);
  return (address) =>
    new StreamingAdapter(
      entry.dialect,
      { ...settings, endpoints: { api: address.baseUrl } },
      { request: (request) => http.request(address, request) },
      (failure) => log.warn(entry.id, address.baseUrl, failure),
    );
}

function makeAdapter(
  entry: ChatProviderEntry,
  config: Config,
  http: OutboundHttp,
  log: UpstreamLog,
): StreamingAdapter {
  const { settings } = config.getProvider(entry.id);
  return new StreamingAdapter(entry.dialect, settings, http, (failure) =>
    log.warn(entry.id, settings.endpoints.api, failure),
  );
}
