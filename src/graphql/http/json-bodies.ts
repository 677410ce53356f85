import type { FastifyInstance, FastifyRequest } from 'fastify';
import { turnIsOver } from '../../common/event-loop-turn.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { isNestedTooDeeply } from '../../common/nesting.js';
import { NESTED_TOO_DEEPLY } from './http-document.js';

/** Bodies are JSON, and nothing else: parsed as Fastify does, unless they are nested too deeply. */
export function parseJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  const parsed = (request: FastifyRequest, body: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      void parse(request, body, (error, value) => (error ? reject(error) : resolve(value)));
    });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (request: FastifyRequest, body: string) => {
      // The bodies of many requests may end in one turn of the event loop, and each is worked on from here to its document.
      const pause = turnIsOver();
      if (pause) await pause;
      if (isNestedTooDeeply(body)) throw BadUserInputError.at('request', NESTED_TOO_DEEPLY);
      return parsed(request, body);
    },
  );
}
