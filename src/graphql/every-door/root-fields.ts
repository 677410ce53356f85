import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { RequestContext } from '../../auth/request-context.js';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/**
 * Ends the wait for a query's or mutation's fields when its signal aborts, with the signal's reason: whatever a resolver
 * waits for by then, its client is answered, and no field after it begins; nor does one whose token has expired since the
 * request came. Subscriptions have limits of their own.
 */
export function endFieldsWithTheirSignal(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = endWithSignal(field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;
}

const endWithSignal =
  (resolve: Resolver): Resolver =>
  (source, values, context, info) => {
    context.signal.throwIfAborted();
    if (context.user && context.user.expiresAt.getTime() <= Date.now()) throw new UnauthenticatedError();
    const result: unknown = resolve(source, values, context, info);
    return result instanceof Promise ? unlessAborted(result, context.signal) : result;
  };

function unlessAborted(result: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
