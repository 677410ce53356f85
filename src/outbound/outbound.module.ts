import { Module } from '@nestjs/common';
import { EndpointPolicy } from '../common/endpoint-address.js';
import { EndpointHttp } from './endpoint-http.js';
import { DnsNames, HostNames, NetworkNames } from './host-names.js';
import { OutboundHttp } from './outbound-http.js';
import { UpstreamLog } from './upstream-log.js';

@Module({
  providers: [
    EndpointHttp,
    OutboundHttp,
    UpstreamLog,
    {
      provide: HostNames,
      inject: [EndpointPolicy],
      // Names of this machine and its network lead nowhere public.
      useFactory: ({ mode }: EndpointPolicy) => (mode === 'any' ? new NetworkNames() : new DnsNames()),
    },
  ],
  exports: [EndpointHttp, OutboundHttp, UpstreamLog],
})
export class OutboundModule {}
