import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EndpointPolicy } from '../common/endpoint-address.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { Config } from './config.js';

/**
 * Gives every module the {@link Config} that was loaded before Nest started. What opens connections may not see it, and
 * gets its proxy alone.
 */
@Global()
@Module({})
export class ConfigModule {
  static register(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: EndpointPolicy, useValue: new EndpointPolicy(config.outbound.customEndpoints) },
        { provide: OutboundProxy, useValue: config.outbound.proxy },
      ],
      exports: [Config, EndpointPolicy, OutboundProxy],
    };
  }
}
