import { Module } from '@nestjs/common';
import { TrustedProxies } from './trusted-proxies.js';

@Module({ providers: [TrustedProxies], exports: [TrustedProxies] })
export class EdgeModule {}
