import type { GraphQLField } from 'graphql';
import { UNFIT } from './unfit-value.error.js';
import { UnknownSelectionError } from './unknown-selection.error.js';

/** Reads a field's value from the object that it is a field of. @throws as the field's resolver does */
export type FieldReader = (source: unknown) => unknown;

/**
 * Stands for what a compiled selection does not have: arguments, context and the executor's own information. Every
 * use of it throws.
 */
export const UNAVAILABLE = unavailable();

function unavailable(): never {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy as never;
}

/**
 * How a field's value is read without a request: by its own resolver where that declares its source and nothing else, as
 * all do that Nest makes for the fields of a class.
 *
 * @throws UnknownSelectionError where the resolver asks for more
 */
export function fieldReader({ name, resolve }: GraphQLField<unknown, unknown>): FieldReader {
  if (!resolve) return (source) => propertyOf(source, name);
  if (resolve.length !== 1) throw new UnknownSelectionError();
  return (source) => resolve(source, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE);
}

/** What GraphQL's default resolver reads. A method would have to be called with arguments. */
function propertyOf(source: unknown, name: string): unknown {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined;
  const property = (source as Readonly<Record<string, unknown>>)[name];
  if (typeof property === 'function') throw UNFIT;
  return property;
}
