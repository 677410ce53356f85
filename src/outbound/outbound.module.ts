import { Module } from '@nestjs/common';
import { OutboundHttp } from './outbound-http.js';
import { UpstreamLog } from './upstream-log.js';

@Module({ providers: [OutboundHttp, UpstreamLog], exports: [OutboundHttp, UpstreamLog] })
export class OutboundModule {}
