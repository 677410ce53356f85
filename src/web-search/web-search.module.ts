import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { WebSearchResolver } from './web-search.resolver.js';
import { WebSearchService } from './web-search.service.js';

@Module({
  imports: [KeysModule],
  providers: [WebSearchResolver, WebSearchService],
  exports: [WebSearchService],
})
export class WebSearchModule {}
