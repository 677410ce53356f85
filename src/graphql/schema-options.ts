import type { BuildSchemaOptions } from '@nestjs/graphql';

export type SchemaTypes = NonNullable<BuildSchemaOptions['orphanedTypes']>;

/** How the schema is built from the code, for the server and for the file schema.graphql. */
export const schemaOptions = (orphanedTypes: SchemaTypes) =>
  ({ autoSchemaFile: true, sortSchema: false, buildSchemaOptions: { orphanedTypes } }) as const;
