import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { ACCESS, type Access, requireAccess } from '../../auth/access.decorator.js';
import type { RequestContext } from '../../auth/request-context.js';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/** Of fields that each begin something: all others show what such a field has given. */
function rootFieldsOf(schema: GraphQLSchema): GraphQLField<unknown, RequestContext>[] {
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return types.flatMap((type) =>
    Object.values<GraphQLField<unknown, RequestContext>>(type?.getFields() ?? {}),
  );
}

const accessOf = ({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Access =>
  (extensions[ACCESS] as Access | undefined) ?? 'JWT';

function wordsFor(access: Access): string {
  if (access === 'JWT') return 'Access tokens cannot do this.';
  return access === 'ANY' ? 'Every access token can do this.' : `Scope of access tokens: ${access}.`;
}

/** Says in a field's description which access tokens may use it. */
export function describeAccess(schema: GraphQLSchema): GraphQLSchema {
  for (const field of rootFieldsOf(schema)) {
    const access = accessOf(field);
    field.description = `${field.description ?? ''}\n\n${wordsFor(access)}`.trim();
  }
  return schema;
}

/**
 * Begins no field for an access token that may not use it: of queries, mutations and subscriptions, on every door. One that
 * names no scope is closed to all of them.
 */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  const subscriptions = new Set(Object.values(schema.getSubscriptionType()?.getFields() ?? {}));
  for (const field of rootFieldsOf(schema)) {
    const access = accessOf(field);
    if (!subscriptions.has(field)) field.resolve = guarded(access, field.resolve ?? defaultFieldResolver);
    else if (field.subscribe) field.subscribe = guarded(access, field.subscribe);
  }
  return schema;
}

const guarded =
  (access: Access, resolve: Resolver): Resolver =>
  (source, values, context, info) => {
    if (context.user) requireAccess(context.user, access);
    return resolve(source, values, context, info);
  };
