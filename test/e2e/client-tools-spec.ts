import { replay } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { registry } from '../../src/providers/registry/registry.js';
import { naming } from '../support/naming.js';
import { type ChatEventData, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const MODEL = 'gpt-5.4-mini';
const chatProviders = registry.filter(({ kind }) => kind === 'CHAT').map(({ id }) => id);

const parameters = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const getWeather = { name: 'get_weather', description: 'The weather of a city.', parameters };
const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) {
  finishReason toolCalls { id name arguments } transcript text } }`;
const ask = (content: string) => [{ role: 'USER', content }];

describe('tools of the client', () => {
  const server = useTestServer();

  const chat = (input: Record<string, unknown>, userId = 'alice') => server().chatEvents(userId, input);
  const callsIn = (events: readonly ChatEventData[]): any =>
    events.find(({ __typename }) => __typename === 'ToolCallsRequested');
  /** What a client sends after it has run the tools. */
  const answersTo = (events: readonly ChatEventData[], ...contents: string[]) => {
    const { calls, transcript } = callsIn(events);
    return [
      { role: 'ASSISTANT', content: textOf(events), toolCalls: calls, transcript },
      ...contents.map((content, index) => ({ role: 'TOOL', toolCallId: calls[index].id, content })),
    ];
  };
  /** What is wrong with an input, before there is a chat. */
  const violationsIn = async (userId: string, input: Record<string, unknown>) => {
    const { errors } = await server().post<any>(userId, COMPLETE, { input });
    expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    return errors[0]!.extensions.violations as { path: string; message: string }[];
  };
  const refusals = async (input: Record<string, unknown>) => {
    const violations = await violationsIn('alice', input);
    expect(server().standIn.requests).toEqual([]);
    return violations;
  };

  describe.each(chatProviders)('with %s', (provider) => {
    beforeEach(() => server().storeKey('alice', provider, KEY));

    it('are called by the model, whose turn goes on with what they brought', async () => {
      const question = ask('call: get_weather {"city":"Paris"}\ncall: get_weather {"city":"Rome"}');
      const input = { ...naming(provider), reasoningEffort: 'LOW', tools: [getWeather] };
      const events = await chat({ ...input, messages: question });
      expect(callsIn(events).calls).toEqual([
        { id: expect.any(String), name: 'get_weather', arguments: { city: 'Paris' } },
        { id: expect.any(String), name: 'get_weather', arguments: { city: 'Rome' } },
      ]);
      expect(events.at(-2)).toBe(callsIn(events));
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'TOOL_CALLS' });
      const answered = await chat({ ...input, messages: [...question, ...answersTo(events, 'Sun', 'Rain')] });
      expect(answered.at(-1)).toMatchObject({ finishReason: 'STOP' });
      expect(textOf(answered)).toMatch(/with 2 results\. The last one begins “Rain/);
    });

    it.each(['without a transcript', 'with one of another model'])('may be told again %s', async (which) => {
      const question = ask('call: get_weather {"city":"Paris"}');
      const input = { ...naming(provider), tools: [getWeather] };
      const events = await chat({ ...input, messages: question });
      const [said, ...results] = answersTo(events, 'Sun');
      const told = which === 'without a transcript' ? { ...said, transcript: null } : said;
      const model = which === 'without a transcript' ? {} : { model: 'another-model-3' };
      const answered = await chat({ ...input, ...model, messages: [...question, told, ...results] });
      expect(textOf(answered)).toMatch(/with 1 result\./);
      const body = JSON.stringify(server().standIn.requests.at(-1)!.body);
      expect(body).not.toContain(callsIn(events).calls[0].id);
      expect(body).toContain('Paris');
    });

    it('go with a search of the same turn', async () => {
      await server().storeKey('alice', 'BRAVE', 'key-of-alice-for-brave');
      const question = ask('search: cats\ncall: get_weather {"city":"Paris"}');
      const input = { ...naming(provider), tools: [getWeather], webSearch: {} };
      const events = await chat({ ...input, messages: question });
      const types = events.map(({ __typename }) => __typename);
      expect(types.slice(-4)).toEqual([
        'SearchStarted',
        'SearchFinished',
        'ToolCallsRequested',
        'ChatCompleted',
      ]);
      expect(callsIn(events).calls).toMatchObject([{ name: 'get_weather' }]);
      const answered = await chat({ ...input, messages: [...question, ...answersTo(events, 'Sun')] });
      expect(textOf(answered)).toMatch(/with 2 results/);
    });
  });

  describe('whose transcript', () => {
    const question = ask('call: get_weather {"city":"Paris"}');
    const input = { provider: 'OPENAI', model: MODEL, tools: [getWeather] };
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    const refused = async (messages: readonly object[], userId = 'alice') =>
      (await violationsIn(userId, { ...input, messages }))[0]!.path;

    it('was changed, is cut, or is none, is refused', async () => {
      const [said, result] = answersTo(await chat({ ...input, messages: question }), 'Sun') as any[];
      const { transcript } = said as { transcript: string };
      const middle = transcript.length >> 1;
      const other = transcript[middle] === 'A' ? 'B' : 'A';
      for (const changed of [
        transcript.slice(0, middle) + other + transcript.slice(middle + 1),
        transcript.slice(0, -4),
        'no transcript',
      ]) {
        expect(await refused([...question, { ...said, transcript: changed }, result])).toBe(
          'input.messages.1.transcript',
        );
      }
    });

    it("is another user's, is refused", async () => {
      const messages = [...question, ...answersTo(await chat({ ...input, messages: question }), 'Sun')];
      await server().storeKey('bob', 'OPENAI', KEY);
      expect(await refused(messages, 'bob')).toBe('input.messages.1.transcript');
    });

    it('is of other calls, is refused', async () => {
      const [said, result] = answersTo(await chat({ ...input, messages: question }), 'Sun') as any[];
      const messages = [
        ...question,
        { ...said, toolCalls: [{ id: 'x', name: 'get_weather' }] },
        { ...result, toolCallId: 'x' },
      ];
      expect(await refused(messages)).toBe('input.messages.1.transcript');
    });

    it('holds nothing that can be read: neither reasoning nor words', async () => {
      const { transcript } = callsIn(await chat({ ...input, reasoningEffort: 'HIGH', messages: question }));
      for (const form of ['latin1', 'utf8', 'base64url'] as const)
        expect(Buffer.from(transcript, form === 'base64url' ? form : 'utf8').toString('latin1')).not.toMatch(
          /get_weather|Paris|reasoning/,
        );
    });

    it('was made with another key of the provider, goes on without the reasoning', async () => {
      const events = await chat({ ...input, reasoningEffort: 'HIGH', messages: question });
      server().standIn.once('OPENAI', (exchange) => exchange.reply(openaiErrors.foreignReasoning()));
      const answered = await chat({ ...input, messages: [...question, ...answersTo(events, 'Sun')] });
      expect(answered.at(-1)).toMatchObject({ finishReason: 'STOP' });
    });
  });

  it('are told plainly to the provider that takes over: what the other one thought means nothing to it', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().storeKey('alice', 'ANTHROPIC', KEY);
    const question = ask('call: get_weather {"city":"Paris"}');
    const input = { tools: [getWeather], failover: true };
    const events = await chat({ ...input, messages: question });
    server().standIn.once('OPENAI', (exchange) => exchange.reply(openaiErrors.overloaded()));
    const answered = await chat({ ...input, messages: [...question, ...answersTo(events, 'Sun')] });
    expect(answered.map(({ __typename }) => __typename)).toContain('ProviderSwitched');
    expect(textOf(answered)).toContain('with 1 result');
    expect(server().standIn.requests.at(-1)!.body.messages[1].content).toEqual([
      { type: 'tool_use', id: 'call00001', name: 'get_weather', input: { city: 'Paris' } },
    ]);
  });

  it('are called over HTTP, too', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const input = { messages: ask('call: get_weather {"city":"Paris"}'), tools: [getWeather] };
    const { completeChat: called } = await server().query('alice', COMPLETE, { input });
    expect(called).toMatchObject({
      finishReason: 'TOOL_CALLS',
      toolCalls: [{ arguments: { city: 'Paris' } }],
      text: '',
    });
    const messages = [
      ...input.messages,
      { role: 'ASSISTANT', toolCalls: called.toolCalls, transcript: called.transcript },
      { role: 'TOOL', toolCallId: called.toolCalls[0].id, content: 'Sun' },
    ];
    const { completeChat: answered } = await server().query('alice', COMPLETE, {
      input: { ...input, messages },
    });
    expect(answered).toMatchObject({ finishReason: 'STOP', toolCalls: [], transcript: null });
    expect(answered.text).toContain('Sun');
  });

  it('come as literals of a document, and as variables', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const document = `mutation ($schema: JSONObject!, $text: String!) { completeChat(input: {
      messages: [{ role: USER, content: $text }]
      tools: [
        { name: "one", parameters: { type: "object", properties: { a: { enum: [null, 1, 1.5, false] } }, constructor: 1 } }
        { name: "two", parameters: $schema }
      ]
      toolChoice: { mode: REQUIRED }
    }) { finishReason } }`;
    await server().query('alice', document, { schema: parameters, text: 'Hello' });
    const { body } = server().standIn.requests[0]!;
    expect(body.tool_choice).toBe('required');
    expect(body.tools.map((tool: any) => tool.parameters)).toEqual([
      { type: 'object', properties: { a: { enum: [null, 1, 1.5, false] } }, constructor: 1 },
      parameters,
    ]);
  });

  it.each([
    ['a word without quotation marks', 'CELSIUS'],
    ['one within', '{ unit: CELSIUS }'],
    ['a variable within', '{ city: $city }'],
    ['a number that is none', '1e999'],
  ])('are refused where a literal holds what is no JSON: %s', async (_, literal) => {
    const document = `mutation ($city: JSON) { completeChat(input: { messages: [
      { role: ASSISTANT, toolCalls: [{ id: "1", name: "a", arguments: ${literal} }] }
      { role: TOOL, toolCallId: "1", content: "" }
    ] }) { text } }`;
    expect(await server().failure('alice', document, { city: 1 })).toMatch(
      /^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/,
    );
  });

  it('show what the model wrote: no JSON as a text, none as an empty object', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const call = (id: string, text: string) =>
      `data: ${JSON.stringify({
        type: 'response.output_item.done',
        item: { type: 'function_call', call_id: id, name: 'rm_rf', arguments: text },
      })}\n\n`;
    const end = `data: ${JSON.stringify({ type: 'response.completed', response: { status: 'completed' } })}\n\n`;
    server().standIn.once('OPENAI', replay([call('a', '{"city":'), call('a', ''), call('b', '[1]'), end]));
    const events = await chat({ messages: ask('Hello'), tools: [getWeather] });
    expect(callsIn(events).calls).toEqual([
      { id: 'a', name: 'rm_rf', arguments: '{"city":' },
      { id: 'a_2', name: 'rm_rf', arguments: {} },
      { id: 'b', name: 'rm_rf', arguments: [1] },
    ]);
    const answered = await chat({
      messages: [...ask('Hello'), ...answersTo(events, '1', '2', '3')],
      tools: [getWeather],
    });
    expect(textOf(answered)).toContain('with 3 results');
  });

  describe('are refused before anything is spent', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));
    const tool = (more: object) => ({ tools: [{ ...getWeather, ...more }] });
    const nested = (levels: number): object => (levels === 0 ? {} : { not: nested(levels - 1) });

    it.each<[string, Record<string, unknown>, string]>([
      ['a name with a space', tool({ name: 'get weather' }), 'input.tools.0.name'],
      ['no name', tool({ name: '' }), 'input.tools.0.name'],
      ['a long name', tool({ name: 'x'.repeat(65) }), 'input.tools.0.name'],
      ['a name that Google does not take', tool({ name: '7th' }), 'input.tools.0.name'],
      ["the server's own name", tool({ name: 'web_search' }), 'input.tools.0.name'],
      ['a name twice', { tools: [getWeather, getWeather] }, 'input.tools.1.name'],
      ['a long description', tool({ description: 'x'.repeat(10_001) }), 'input.tools.0.description'],
      [
        'parameters that are no object',
        tool({ parameters: { type: 'string' } }),
        'input.tools.0.parameters.type',
      ],
      [
        'no schema',
        tool({ parameters: { type: 'object', properties: { a: { type: 'text' } } } }),
        'input.tools.0.parameters',
      ],
      [
        'no list where one belongs',
        tool({ parameters: { type: 'object', required: 'a' } }),
        'input.tools.0.parameters',
      ],
      [
        'another draft',
        tool({ parameters: { ...parameters, $schema: 'http://json-schema.org/draft-04/schema#' } }),
        'input.tools.0.parameters.$schema',
      ],
      ['a deep schema', tool({ parameters: { type: 'object', ...nested(33) } }), 'input.tools.0.parameters'],
      [
        'a long schema',
        tool({ parameters: { type: 'object', description: 'x'.repeat(65_536) } }),
        'input.tools.0.parameters',
      ],
      [
        'many',
        { tools: Array.from({ length: 129 }, (_, n) => ({ ...getWeather, name: `n${String(n)}` })) },
        'input.tools',
      ],
      ['a choice without tools', { toolChoice: { mode: 'REQUIRED' } }, 'input.toolChoice'],
      [
        'a choice of what is not there',
        { ...tool({}), toolChoice: { name: 'other' } },
        'input.toolChoice.name',
      ],
    ])('with %s', async (_, input, path) => {
      const violations = await refusals({ messages: ask('Hello'), ...input });
      expect(violations.map((violation) => violation.path)).toEqual([path]);
    });

    it('but not for what is merely unusual', async () => {
      const inputs = [
        { type: 'object', ...nested(31) },
        { type: 'object', $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{}] },
        { type: 'object', properties: JSON.parse('{"__proto__":{"type":"string"},"toString":{}}') as object },
        { type: 'object', pattern: '(', format: 'regex', enum: [{}, {}], x: { anything: 1 } },
      ];
      for (const schema of inputs) {
        const events = await chat({ messages: ask('Hello'), ...tool({ parameters: schema }) });
        expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      }
    });

    const calls = [
      { id: '1', name: 'get_weather' },
      { id: '2', name: 'get_weather' },
    ];
    const called = { role: 'ASSISTANT', toolCalls: calls };
    const result = (toolCallId?: string, content: string | null = 'Sun') => ({
      role: 'TOOL',
      toolCallId,
      content,
    });

    it.each<[string, object[], string[]]>([
      ['no text', [{ role: 'USER' }], ['0.content']],
      ['no text of an assistant without calls', [{ role: 'ASSISTANT', toolCalls: [] }], ['0.content']],
      ['calls of a user', [{ ...ask('a')[0], toolCalls: calls }], ['0.toolCalls']],
      [
        'a transcript without calls',
        [{ role: 'ASSISTANT', content: 'a', transcript: 'x' }],
        ['0.transcript'],
      ],
      ['an answer of a user', [{ ...ask('a')[0], toolCallId: '1' }], ['0.toolCallId']],
      ['an answer to nothing', [...ask('a'), result('1')], ['1.toolCallId']],
      ['an answer without an id', [called, result(), result('1'), result('2')], ['1.toolCallId']],
      ['an answer to another', [called, result('1'), result('3'), result('2')], ['2.toolCallId']],
      ['two answers to one', [called, result('1'), result('1'), result('2')], ['2.toolCallId']],
      ['an answer without a text', [called, result('1'), result('2', null)], ['2.content']],
      ['a call without an answer', [called, result('1')], ['0.toolCalls']],
      [
        'an answer that comes late',
        [called, result('1'), ...ask('a'), result('2')],
        ['0.toolCalls', '3.toolCallId'],
      ],
      [
        'an id twice',
        [{ ...called, toolCalls: [calls[0], calls[0]] }, result('1')],
        ['0.toolCalls.1.id', '0.toolCalls'],
      ],
      [
        'an empty id',
        [{ ...called, toolCalls: [{ id: '', name: 'a' }] }],
        ['0.toolCalls.0.id', '0.toolCalls'],
      ],
      [
        'an empty name',
        [{ ...called, toolCalls: [{ id: '1', name: '' }] }, result('1')],
        ['0.toolCalls.0.name'],
      ],
    ])('after %s', async (_, messages, paths) => {
      const violations = await refusals({ messages, tools: [getWeather] });
      expect(violations.map(({ path }) => path)).toEqual(paths.map((path) => `input.messages.${path}`));
    });

    it('with no more than twenty complaints', async () => {
      const messages = Array.from({ length: 1_000 }, () => ({ role: 'USER' }));
      expect(await refusals({ messages })).toHaveLength(20);
    });

    it('and what the model called by an impossible name is told by a possible one', async () => {
      const messages = [
        ...ask('Hello'),
        { role: 'ASSISTANT', toolCalls: [{ id: '1', name: '9näme: "x"', arguments: 'no JSON' }] },
        result('1'),
      ];
      await chat({ messages, tools: [getWeather] });
      expect(server().standIn.requests[0]!.body.input[1]).toEqual({
        type: 'function_call',
        call_id: 'call00001',
        name: '_9n_me___x_',
        arguments: '{}',
      });
    });
  });
});
