import type { GraphQLLeafType } from 'graphql';
import { UNFIT } from './unfit-value.error.js';

/** @returns writes what the type makes of a value. @throws where that is nothing, or what the type throws */
export const leafWriter =
  (type: GraphQLLeafType) =>
  (value: unknown): string =>
    jsonOf(type.serialize(value));

/** What `JSON.stringify` makes of a value within another one. */
function jsonOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return jsonOfObject(value);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      throw UNFIT;
  }
}

function jsonOfObject(value: object | null): string {
  // A promise is waited for; `toJSON` is called with the name under which the value stands in the result.
  if (value === null || has(value, 'then') || has(value, 'toJSON')) throw UNFIT;
  return JSON.stringify(value);
}

const has = (value: object, method: string): boolean =>
  typeof (value as Readonly<Record<string, unknown>>)[method] === 'function';
