import type { FastifyInstance } from 'fastify';
import { useStillClock } from '../../../test/support/still-clock.js';
import { nextTurn } from '../../common/event-loop-turn.js';
import { parseJson } from './json-bodies.js';

const pass = useStillClock();

type Done = (error: Error | null, value?: unknown) => void;
type Parser = (request: object, body: string) => Promise<unknown>;

function newParser() {
  const parsed: string[] = [];
  let parser: Parser = () => Promise.reject(new Error('There is none.'));
  const server = {
    getDefaultJsonParser: () => (_: object, body: string, done: Done) => {
      parsed.push(body);
      pass(20);
      done(null, JSON.parse(body));
    },
    removeAllContentTypeParsers: () => undefined,
    addContentTypeParser: (_: string, __: object, added: Parser) => (parser = added),
  };
  parseJson(server as unknown as FastifyInstance);
  return { parsed, parse: (body: string) => parser({}, body) };
}

describe('bodies', () => {
  it('that end in one turn of the event loop are parsed in several', async () => {
    await nextTurn();
    const { parsed, parse } = newParser();
    const values = ['[1]', '[2]', '[3]'].map(parse);
    expect(parsed).toEqual(['[1]']);
    expect(await Promise.all(values)).toEqual([[1], [2], [3]]);
  });

  it('are refused where they are nested too deeply, and not parsed', async () => {
    const { parsed, parse } = newParser();
    await expect(parse('['.repeat(8_000))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(parsed).toEqual([]);
  });
});
