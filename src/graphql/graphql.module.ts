import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { GraphQLModule as NestGraphQLModule } from '@nestjs/graphql';
import { AuthModule } from '../auth/auth.module.js';
import { SafeInt } from '../common/safe-int.scalar.js';
import { Config } from '../config/config.js';
import { operationCheckPlugin, sandboxPlugin } from './http/apollo-plugins.js';
import { EdgeModule } from '../edge/edge.module.js';
import { ErrorMask } from './every-door/error-mask.js';
import { ErrorMaskModule } from './every-door/error-mask.module.js';
import { EventStreamDoor } from './event-stream/event-stream-door.js';
import { HttpDoor, toContext } from './http/http-door.js';
import { Documents } from './every-door/documents.js';
import { OperationTurns } from './every-door/operation-turns.js';
import { Origins } from './every-door/origins.js';
import { PersistedOperations } from './every-door/persisted-operations.js';
import { requestIdOf } from './http/request-ids.js';
import { CompiledSelections } from './every-door/selection/compiled-selections.js';
import { type SchemaTypes, schemaOptions } from './every-door/schema-options.js';
import { Subscriptions } from './every-door/subscriptions.js';
import { WebSocketDoor } from './websocket/websocket-door.js';

/** Apollo over HTTP, our own graphql-ws server, graphql-sse's protocol and Apollo's multipart one, over one schema and under the same rules. */
@Module({})
export class GraphQLModule {
  /** @param types that the schema reaches only through an interface */
  static register(types: SchemaTypes): DynamicModule {
    return {
      module: GraphQLModule,
      imports: [
        AuthModule,
        EdgeModule,
        ErrorMaskModule,
        NestGraphQLModule.forRootAsync<ApolloDriverConfig>({
          driver: ApolloDriver,
          imports: [ErrorMaskModule],
          inject: [Config, ErrorMask],
          useFactory: (config: Config, mask: ErrorMask) => apolloOptions(config, mask, types),
        }),
      ],
      providers: [
        CompiledSelections,
        Documents,
        EventStreamDoor,
        HttpDoor,
        OperationTurns,
        Origins,
        PersistedOperations,
        SafeInt,
        Subscriptions,
        WebSocketDoor,
      ],
      exports: [ErrorMaskModule, EventStreamDoor, HttpDoor, WebSocketDoor],
    };
  }
}

function apolloOptions(config: Config, mask: ErrorMask, types: SchemaTypes): ApolloDriverConfig {
  const { production } = config.general;
  return {
    ...schemaOptions(types),
    path: '/graphql',
    context: toContext,
    formatError: (_, error) => mask.format(error, requestIdOf(error)),
    introspection: !production,
    includeStacktraceInErrorResponses: false,
    // A page of another site cannot send any of these without asking first.
    csrfPrevention: {
      requestHeaders: ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization'],
    },
    allowBatchedHttpRequests: false,
    // The door has read the document.
    documentStore: null,
    // They are kept in memory, and a key may stand in one.
    persistedQueries: false,
    autoTransformHttpErrors: false,
    preserveHttpStatusForExecutionErrors: false,
    stopOnTerminationSignals: false,
    graphiql: false,
    plugins: [
      operationCheckPlugin(mask),
      // It would put resolvers of its own over those of the schema, which subscriptions use, too.
      ApolloServerPluginCacheControlDisabled(),
      ...(production ? [] : [sandboxPlugin]),
    ],
  };
}
