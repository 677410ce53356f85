import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { LiveLists } from './live-lists.service.js';
import { ModelsResolver } from './models.resolver.js';
import { ModelsService } from './models.service.js';

@Module({
  imports: [KeysModule],
  providers: [LiveLists, ModelsResolver, ModelsService],
  exports: [ModelsService],
})
export class ModelsModule {}
