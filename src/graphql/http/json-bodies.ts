import type { FastifyInstance, FastifyRequest } from 'fastify';
import { turnIsOver } from '../../common/event-loop-turn.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { isTooComplex, TOO_COMPLEX } from '../../common/nesting.js';

/** Bodies are JSON, and nothing else: parsed as Fastify does, unless they are too complex. */
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
      if (isTooComplex(body)) throw BadUserInputError.at('request', `must not be ${TOO_COMPLEX}`);
      return parsed(request, body);
    },
  );
}
