import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { GraphiQLController } from './graphiql.controller.js';

/** GraphiQL at `/graphiql`, from files of this server alone. In production the module is empty. */
@Module({})
export class GraphiQLModule {
  static register({ general }: Config): DynamicModule {
    return { module: GraphiQLModule, controllers: general.production ? [] : [GraphiQLController] };
  }
}
