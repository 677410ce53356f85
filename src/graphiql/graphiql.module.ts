import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { GraphiQLController } from './graphiql.controller.js';
import { RootController } from './root.controller.js';

/** GraphiQL at `/graphiql`, from files of this server alone, and the way there. In production there is no GraphiQL. */
@Module({})
export class GraphiQLModule {
  static register({ general }: Config): DynamicModule {
    return {
      module: GraphiQLModule,
      controllers: general.production ? [RootController] : [RootController, GraphiQLController],
    };
  }
}
