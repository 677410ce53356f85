import { Random } from '../chaos/random.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { signToken } from '../support/test-server.js';
import { bestOf } from '../support/timing.js';
import { useServerProcess } from '../support/use-server-process.js';

/** The promise of the event loop, in milliseconds of the processor. */
const LONGEST_MS = 50;
const AT_ONCE = 20;
const RANDOM = 2_000;

const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const user = (content: unknown) => ({ role: 'user', content });
const call = (text: string, id = 'a') => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: text },
});
const calling = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls });
const tool = (parameters: object, name = 'get_weather') => ({
  type: 'function',
  function: { name, parameters: { type: 'object', ...parameters } },
});
const nested = (levels: number): object =>
  many(levels, () => 0).reduce<object>((inner) => ({ not: inner }), {});

describe('a hostile client of OpenAI’s wire format', () => {
  const running = useServerProcess({}, CAN_REPORT);

  const post = async (body: string) => {
    const response = await fetch(`${running().server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken('alice')}` },
      body,
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const heldBy = async (work: () => Promise<unknown>): Promise<number> => {
    await reportOf(running().server);
    await work();
    return (await reportOf(running().server)).longestMs;
  };

  it.each<[string, Record<string, unknown>]>([
    ['very many messages', { messages: many(20_000, () => user('x')) }],
    ['very many parts', { messages: [user(many(33_000, () => ({ type: 'text', text: '' })))] }],
    ['parts of nothing', { messages: [user(many(90_000, () => 1))] }],
    ['very many fields', Object.fromEntries(many(45_000, (n) => [`field${String(n)}`, 1]))],
    ['one field that is long', { ['x'.repeat(900_000)]: 1 }],
    ['very many calls', { messages: [calling(...many(9_000, (n) => call('{}', String(n))))] }],
    ['many calls in each message', { messages: many(40, () => calling(...many(200, () => call('{}')))) }],
    ['arguments of very many values', { messages: [calling(call(JSON.stringify(many(200_000, () => 1))))] }],
    [
      'arguments of very many values together',
      { messages: [calling(...many(12, (n) => call(`[${'[],'.repeat(26_000)}1]`, String(n))))] },
    ],
    ['arguments that are deep', { messages: [calling(call('['.repeat(400_000)))] }],
    ['arguments that do not end', { messages: [calling(...many(90, () => call(`"${'x'.repeat(9_000)}`)))] }],
    ['arguments of a prototype', { messages: [calling(call('{"__proto__":{"a":1},"constructor":1}'))] }],
    ['half a character', { messages: [user('\ud83d')], user: '\udc00' }],
    ['a schema that is deep', { tools: [tool(nested(190))] }],
    ['very many tools', { tools: many(1_200, (n) => tool({}, `n${String(n)}`)) }],
    ['a model of very many parts', { model: '/'.repeat(900_000) }],
    ['a name that every object has', { model: 'constructor/toString', tool_choice: '__proto__' }],
    ['a role that every object has', { messages: [{ role: 'constructor', content: 'x' }] }],
    [
      'a long transcript',
      { messages: [{ ...calling(call('{}')), keystream_transcript: 'v1.'.repeat(300_000) }] },
    ],
  ])('is refused, and holds nothing up: %s', async (_, more) => {
    const body = JSON.stringify({ model: 'openai/x', messages: [user('Hello')], ...more });
    let answer: Awaited<ReturnType<typeof post>> | null = null;
    const held = await bestOf(3, LONGEST_MS, () => heldBy(async () => (answer = await post(body))));
    expect(held).toBeLessThan(LONGEST_MS);
    expect(answer).toMatchObject({
      status: expect.any(Number),
      body: { error: { code: expect.stringMatching(/^(BAD_USER_INPUT|NO_KEY_AVAILABLE)$/) } },
    });
  });

  it.each(['1e400', '-1e400', '9007199254740993', '1e-400'])(
    'is told of a number like %s what it is',
    async (n) => {
      const body = `{"model":"openai/x","messages":[{"role":"user","content":"x"}],"temperature":${n},"max_tokens":${n}}`;
      expect((await post(body)).body.error.code).toBe('BAD_USER_INPUT');
    },
  );

  it(`gets a form that it knows for each of ${String(RANDOM)} bodies, and no 500`, async () => {
    const random = new Random('openai');
    const values = [
      ...[
        'null',
        '1',
        '-1',
        '""',
        '"x"',
        '[]',
        '{}',
        'true',
        '[[]]',
        '[null]',
        '[{}]',
        '{"a":[1]}',
        '"\\ud800"',
      ],
      ...[
        '[{"role":"user","content":"x"}]',
        '[{"role":"tool"}]',
        '{"type":"function"}',
        '"openai/x"',
        '"auto"',
      ],
      ...['[{"role":"assistant","tool_calls":[{}]}]', '[{"role":"assistant","tool_calls":[null]}]'],
      ...['[{"type":"function","function":null}]', '[{"role":"user","content":[{"type":"image_url"}]}]'],
    ];
    const fields = [
      ...['model', 'messages', 'tools', 'tool_choice', 'temperature', 'max_tokens', 'stream', 'stop', 'n'],
      ...[
        'response_format',
        'stream_options',
        'metadata',
        'user',
        'reasoning_effort',
        'modalities',
        'made_up',
      ],
    ];
    const bodies = many(RANDOM, () => {
      const chosen = many(random.integer(0, 6), () => `"${random.pick(fields)}":${random.pick(values)}`);
      return `{${chosen.join(',')}}`;
    });
    while (bodies.length > 0) {
      const answers = await Promise.all(bodies.splice(0, AT_ONCE).map(post));
      for (const { status, body } of answers) {
        expect([400, 403]).toContain(status);
        expect(body.error).toEqual({
          message: expect.any(String),
          type: expect.any(String),
          param: status === 400 ? expect.anything() : null,
          code: expect.stringMatching(/^(BAD_USER_INPUT|NO_KEY_AVAILABLE)$/),
        });
      }
    }
  });
});
