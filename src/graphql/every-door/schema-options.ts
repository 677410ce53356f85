import type { BuildSchemaOptions } from '@nestjs/graphql';
import { GraphQLSchema } from 'graphql';
import { describeAccess, guardFields } from './field-access.js';
import { endFieldsWithTheirSignal } from './root-fields.js';

export type SchemaTypes = NonNullable<BuildSchemaOptions['orphanedTypes']>;

/** What a client's tools show of the whole. */
const DESCRIPTION = `
Keystream: people bring their own AI keys, and ask models and search engines with them.

\`storeApiKey\` keeps a key, encrypted; give it as a variable. The subscription \`chat\` streams an answer, \`resumeChat\` goes on with one after a lost connection, and \`completeChat\` waits for a whole answer. \`webSearch\` searches. \`keyResolution\` says which key a request would use, and why; \`auditEvents\` and \`usage\` say what keys were used for, and \`keyAlerts\` tells when that is unusual.

All but introspection needs a token: in the header \`Authorization: Bearer …\`, or as \`authorization\` in the payload of a WebSocket's \`connection_init\`. It is a JWT, or an access token that \`createAccessToken\` made: each field says which scope that needs. Every error has one of a fixed set of codes in \`extensions.code\`.
`.trim();

/** Nest has no place for it. */
export const describeSchema = (schema: GraphQLSchema): GraphQLSchema =>
  describeAccess(new GraphQLSchema({ ...schema.toConfig(), description: DESCRIPTION }));

/** How the schema is built from the code, for the server and for the file schema.graphql. */
export const schemaOptions = (orphanedTypes: SchemaTypes) =>
  ({
    autoSchemaFile: true,
    sortSchema: false,
    buildSchemaOptions: { orphanedTypes },
    transformSchema: (schema: GraphQLSchema) => endFieldsWithTheirSignal(guardFields(describeSchema(schema))),
  }) as const;
