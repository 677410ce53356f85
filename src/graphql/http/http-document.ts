import type { FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { BadUserInputError, type Violation } from '../../common/input-errors.js';
import { isNestedTooDeeply, MAX_NESTING } from '../../common/nesting.js';
import { isJsonObject } from '../../common/is-json-object.js';
import { PersistedQueryNotSupportedError } from '../every-door/persisted-query.error.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request asks to run, read and found valid; null where Apollo has to say what is wrong with the request. */
    document: DocumentNode | null;
  }
}

/** What of a request's address is JSON: https://graphql.github.io/graphql-over-http/draft/#sec-GET */
const JSON_PARAMETERS = ['variables', 'extensions'] as const;

/** The text of the query that a request brings, in its body or its address; null for none. */
export function queryOf({ method, body, query: parameters }: FastifyRequest): string | null {
  const source = method === 'GET' ? parameters : body;
  const query = isJsonObject(source) ? source.query : null;
  return typeof query === 'string' && query !== '' ? query : null;
}

/** @throws BadUserInputError BAD_USER_INPUT for JSON in the address that is nested too deeply; bodies have their parser */
export function checkNesting({ query: parameters }: FastifyRequest): void {
  if (!isJsonObject(parameters)) return;
  const violations: Violation[] = JSON_PARAMETERS.filter((name) => isDeep(parameters[name])).map((name) => ({
    path: name,
    message: NESTED_TOO_DEEPLY,
  }));
  if (violations.length > 0) throw new BadUserInputError(violations);
}

/**
 * @throws PersistedQueryNotSupportedError PERSISTED_QUERY_NOT_SUPPORTED for a request that names its query by a hash, with
 *   its text or without: here, and not by Apollo, for the answer is then the same on every door
 */
export function refusePersistedQuery({ method, body, query: parameters }: FastifyRequest): void {
  const source = method === 'GET' ? parameters : body;
  const extensions = isJsonObject(source) ? source.extensions : null;
  const parsed = typeof extensions === 'string' ? parsedOrNull(extensions) : extensions;
  if (isJsonObject(parsed) && parsed.persistedQuery) throw new PersistedQueryNotSupportedError();
}

function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

export const NESTED_TOO_DEEPLY = `must not be nested deeper than ${MAX_NESTING} levels`;

function isDeep(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isDeep);
  return typeof value === 'string' && isNestedTooDeeply(value);
}
