import type { FastifyRequest } from 'fastify';
import { type DocumentNode, getOperationAST, type GraphQLError, OperationTypeNode } from 'graphql';
import { BadUserInputError, type Violation } from '../../common/input-errors.js';
import { isTooComplex, TOO_COMPLEX } from '../../common/nesting.js';
import { isJsonObject } from '../../common/is-json-object.js';
import type { RequestedOperation } from '../every-door/requested-operation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request asks to run, read and found valid; null where Apollo has to say what is wrong with the request. */
    document: DocumentNode | null;
    /** The text of a listed operation, where the request names one. */
    listedText: string | null;
  }
}

/** What of a request's address is JSON: https://graphql.github.io/graphql-over-http/draft/#sec-GET */
const JSON_PARAMETERS = ['variables', 'extensions'] as const;

/** The operation that a request asks for, in its body or its address. */
export function operationIn({ method, body, query: parameters }: FastifyRequest): HttpOperation {
  const source = method === 'GET' ? parameters : body;
  if (!isJsonObject(source)) return { query: null };
  const { query, documentId, extensions } = source;
  return {
    query: typeof query === 'string' && query !== '' ? query : null,
    documentId,
    extensions: typeof extensions === 'string' ? parsedOrNull(extensions) : extensions,
  };
}

/** Whether a request asks for a subscription in its body, with what was read of its document. */
export function isSubscription(
  read: DocumentNode | readonly GraphQLError[],
  { body }: Pick<FastifyRequest, 'body'>,
): boolean {
  if (!('kind' in read) || !isJsonObject(body)) return false;
  const { operationName } = body;
  // Clients that have no name for an operation may send an empty one.
  const name = typeof operationName === 'string' && operationName !== '' ? operationName : null;
  return getOperationAST(read, name)?.operation === OperationTypeNode.SUBSCRIPTION;
}

interface HttpOperation extends RequestedOperation {
  /** Null for none. */
  readonly query: string | null;
}

/** @throws BadUserInputError BAD_USER_INPUT for JSON in the address that is nested too deeply; bodies have their parser */
export function checkNesting({ query: parameters }: FastifyRequest): void {
  if (!isJsonObject(parameters)) return;
  const violations: Violation[] = JSON_PARAMETERS.filter((name) => isDeep(parameters[name])).map((name) => ({
    path: name,
    message: `must not be ${TOO_COMPLEX}`,
  }));
  if (violations.length > 0) throw new BadUserInputError(violations);
}

function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function isDeep(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isDeep);
  return typeof value === 'string' && isTooComplex(value);
}
