import type { FastifyInstance } from 'fastify';
import { BadUserInputError } from '../common/input-errors.js';
import { isNestedTooDeeply } from '../common/nesting.js';
import { NESTED_TOO_DEEPLY } from './http-document.js';

/** Bodies are JSON, and nothing else: parsed as Fastify does, unless they are nested too deeply. */
export function parseJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isNestedTooDeeply(body)) done(BadUserInputError.at('request', NESTED_TOO_DEEPLY));
    else void parse(request, body, done);
  });
}
