import type { IncomingHttpHeaders } from 'node:http';
import { NotAcceptableException, UnsupportedMediaTypeException } from '@nestjs/common';
import { BadUserInputError, type Violation } from '../../common/input-errors.js';
import { isJsonObject } from '../../common/is-json-object.js';
import { idsIn } from '../every-door/requested-operation.js';
import type { SubscriptionRequest } from '../every-door/subscriptions.js';

const ACCEPTED = /(?:^|,)\s*(?:text\/event-stream|text\/\*|\*\/\*)\s*(?:;|,|$)/i;

/**
 * What a request's headers must say. JSON is also what keeps other sites out, as Apollo's `csrfPrevention` does on
 * /graphql: a browser sends it nowhere without asking first.
 *
 * @throws 406 where the client does not take an event stream, 415 for anything but JSON
 */
export function checkHeaders({ accept, 'content-type': contentType }: IncomingHttpHeaders): void {
  if (accept !== undefined && !ACCEPTED.test(accept)) throw new NotAcceptableException();
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new UnsupportedMediaTypeException();
}

/** @throws BadUserInputError BAD_USER_INPUT for what is no request of GraphQL over HTTP */
export function readRequest(body: unknown): SubscriptionRequest {
  if (!isJsonObject(body)) throw BadUserInputError.at('request', 'must be a JSON object');
  const { operationName, variables, documentId, extensions } = body;
  // What names its operation by an id may lack the text.
  const query = body.query ?? (idsIn(body).length > 0 ? '' : undefined);
  const violations: Violation[] = [];
  if (typeof query !== 'string') violations.push({ path: 'query', message: 'must be a text' });
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    violations.push({ path: 'operationName', message: 'must be a text' });
  if (!isAbsent(variables) && !isJsonObject(variables))
    violations.push({ path: 'variables', message: 'must be an object' });
  if (!isAbsent(extensions) && !isJsonObject(extensions))
    violations.push({ path: 'extensions', message: 'must be an object' });
  if (violations.length > 0) throw new BadUserInputError(violations);
  return { query, operationName, variables, documentId, extensions } as SubscriptionRequest;
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
