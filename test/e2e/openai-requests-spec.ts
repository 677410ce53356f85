import { registry } from '../../src/providers/registry/registry.js';
import { modelOf } from '../support/openai-client.js';
import { tokenOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const chatProviders = registry.flatMap((entry) => (entry.kind === 'CHAT' ? [entry.id] : []));
const user = (content: unknown) => ({ role: 'user', content });
const call = (more: object = {}) => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
  ...more,
});
const tool = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };
const withCall = (assistant: object = {}, result: object = {}) => [
  user('Hello'),
  { role: 'assistant', content: null, tool_calls: [call()], ...assistant },
  { role: 'tool', tool_call_id: 'call_1', content: 'sunny', ...result },
];

describe('a request in OpenAI’s wire format', () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

  const send = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server().url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('alice')}`,
        ...headers,
      },
      body: JSON.stringify({ model: 'openai/some-model', messages: [user('Hello')], ...body }),
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const sent = (): any => server().standIn.requests.at(-1)!.body;

  it.each([
    ['n', { n: 1 }],
    ['penalties', { presence_penalty: 0, frequency_penalty: 0 }],
    ['top_p', { top_p: 1 }],
    ['no log probabilities', { logprobs: false, top_logprobs: null }],
    ['no store', { store: false }],
    ['a tier', { service_tier: 'auto' }],
    ['another tier', { service_tier: 'default' }],
    ['calls at the same time', { parallel_tool_calls: true }],
    ['a user', { user: 'bob', metadata: { a: 'b' } }],
    ['options of streams', { stream: false, stream_options: { include_usage: true } }],
    ['a form of text', { response_format: { type: 'text' } }],
    ['no stops', { stop: null, logit_bias: {} }],
    ['no tools', { tools: [], tool_choice: 'none' }],
    ['modalities', { modalities: ['text'] }],
    ['both numbers, the same', { max_tokens: 5, max_completion_tokens: 5 }],
    ['null', { temperature: null, max_tokens: null, tools: null, stream: null, seed: null }],
    ['parts of text', { messages: [user([{ type: 'text', text: 'Hello' }])] }],
    ['a developer', { messages: [{ role: 'developer', content: 'Be kind.' }, user('Hello')] }],
    ['calls and results', { messages: withCall(), tools: [tool] }],
    [
      'what the package’s messages have',
      {
        messages: withCall({
          refusal: null,
          annotations: [],
          audio: null,
          function_call: null,
          parsed: null,
          reasoning_content: 'Well.',
          tool_calls: [{ ...call(), index: 0, function: { ...call().function, parsed_arguments: null } }],
        }),
      },
    ],
    ['a tool with strict', { tools: [{ ...tool, function: { ...tool.function, strict: true } }] }],
    ['a tool without parameters', { tools: [{ type: 'function', function: { name: 'now' } }] }],
  ])('may have %s', async (_, body) => {
    expect(await send(body)).toMatchObject({ status: 200, body: { object: 'chat.completion' } });
  });

  it.each([
    ['n', { n: 2 }],
    ['n', { n: '1' }],
    ['presence_penalty', { presence_penalty: 0.1 }],
    ['frequency_penalty', { frequency_penalty: -1 }],
    ['top_p', { top_p: 0.5 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['store', { store: true }],
    ['service_tier', { service_tier: 'flex' }],
    ['parallel_tool_calls', { parallel_tool_calls: false }],
    ['seed', { seed: 1 }],
    ['stop', { stop: ['\n'] }],
    ['logit_bias', { logit_bias: { 50256: -100 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
    ['prediction', { prediction: { type: 'content', content: 'x' } }],
    ['functions', { functions: [{ name: 'x' }] }],
    ['function_call', { function_call: 'auto' }],
    ['web_search_options', { web_search_options: {} }],
    ['top_k', { top_k: 3 }],
    ['made_up', { made_up: null }],
    ['x-made-up.2026', { 'x-made-up.2026': {} }],
    ['constructor', { constructor: 1 }],
    ['webSearch', { webSearch: {} }],
    ['failover', { failover: true }],
    ['user', { user: 7 }],
    ['metadata', { metadata: 'x' }],
    ['stream', { stream: 'yes' }],
    ['stream_options.made_up', { stream_options: { made_up: 1 } }],
    ['response_format.type', { response_format: { type: 'json_object' } }],
    ['response_format.type', { response_format: {} }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    [
      'response_format.json_schema.name',
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    ],
    [
      'response_format.json_schema.schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
    ],
    [
      'response_format.json_schema.extra',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {}, extra: 'b' } } },
    ],
    ['response_format.json_schema', { response_format: { type: 'text', json_schema: {} } }],
    ['messages[0].content[0].image_url', { messages: [user([{ type: 'image_url' }])] }],
    [
      'messages[0].content[0].image_url.detail',
      {
        messages: [
          user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'high' } }]),
        ],
      },
    ],
    ['model', { model: undefined }],
    ['model', { model: 7 }],
    ['model', { model: '' }],
    ['model', { model: 'openai/' }],
    ['model', { model: 'openai/with a space' }],
    ['model', { model: 'custom/llama' }],
    ['model', { model: 'custom//llama' }],
    ['model', { model: 'custom/home/' }],
    ['messages', { messages: undefined }],
    ['messages', { messages: 'Hello' }],
    ['messages', { messages: [] }],
    ['messages[0]', { messages: ['Hello'] }],
    ['messages[0].role', { messages: [{ content: 'Hello' }] }],
    ['messages[0].role', { messages: [{ role: 'function', content: 'Hello' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', { messages: [user({})] }],
    ['messages[0].content[0]', { messages: [user(['Hello'])] }],
    ['messages[0].content[0].type', { messages: [user([{ text: 'Hello' }])] }],
    ['messages[0].content[0].type', { messages: [user([{ type: 'input_audio', input_audio: {} }])] }],
    ['messages[0].content[0].text', { messages: [user([{ type: 'text' }])] }],
    ['messages[0].name', { messages: [{ ...user('Hello'), name: 'bob' }] }],
    ['messages[0].made_up', { messages: [{ ...user('Hello'), made_up: 1 }] }],
    ['messages[0].tool_calls', { messages: [{ ...user('Hello'), tool_calls: [call()] }] }],
    ['messages[1].refusal', { messages: withCall({ refusal: 'No.' }) }],
    ['messages[1].tool_calls[0].type', { messages: withCall({ tool_calls: [call({ type: 'custom' })] }) }],
    ['messages[1].tool_calls[0].id', { messages: withCall({ tool_calls: [call({ id: '' })] }) }],
    ['messages[1].tool_calls', { messages: withCall().slice(0, 2) }],
    ['messages[2].tool_call_id', { messages: withCall({}, { tool_call_id: 'call_2' }) }],
    ['messages[1].keystream_transcript', { messages: withCall({ keystream_transcript: 'forged' }) }],
    ['temperature', { temperature: 3 }],
    ['temperature', { temperature: '1' }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['max_completion_tokens', { max_completion_tokens: 1e12 }],
    ['max_tokens', { max_tokens: 5, max_completion_tokens: 6 }],
    ['reasoning_effort', { reasoning_effort: 'minimal' }],
    ['tools[0].type', { tools: [{ type: 'custom', custom: { name: 'x' } }] }],
    ['tools[0].function', { tools: [{ type: 'function' }] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: { name: 'a b' } }] }],
    [
      'tools[0].function.parameters',
      { tools: [{ type: 'function', function: { name: 'a', parameters: [] } }] },
    ],
    [
      'tools[0].function.parameters.type',
      { tools: [{ type: 'function', function: { name: 'a', parameters: {} } }] },
    ],
    ['tool_choice', { tool_choice: 'auto' }],
    ['tool_choice', { tool_choice: 'any', tools: [tool] }],
    [
      'tool_choice.function.name',
      { tool_choice: { type: 'function', function: { name: 'other' } }, tools: [tool] },
    ],
  ])('is refused for %s: %j', async (param, body) => {
    const answer = await send(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { param, type: 'invalid_request_error', code: 'BAD_USER_INPUT' } },
    });
    expect(answer.body.error.message).toContain(`${param}: `);
    expect(server().standIn.requests).toEqual([]);
  });

  it('is refused for an image from elsewhere: nothing is fetched for it', async () => {
    for (const url of [
      'https://example.com/a.png',
      'HTTP://127.0.0.1/a.png',
      'file:///etc/passwd',
      '',
      'data:image/png,AA',
      'data:;base64',
    ]) {
      const content = [{ type: 'image_url', image_url: { url } }];
      expect((await send({ messages: [user(content)] })).body.error).toMatchObject({
        code: 'BAD_USER_INPUT',
        param: 'messages[0].content[0].image_url.url',
      });
    }
  });

  it('says all that is wrong with it, and repeats nothing that may be a key', async () => {
    const key = 'sk-proj-Zq3xW9kT7vLm2RfB8yHc4NdJ';
    const { body } = await send({ n: 2, [key]: 1, [`${key}/+`]: 1, messages: [{ role: key, [key]: 1 }] });
    expect(body.error.param).toBe('messages[0].role');
    expect(body.error.message).toContain('n: ');
    expect(body.error.message).toContain('whose name is not repeated');
    expect(JSON.stringify(body)).not.toContain('Zq3xW9');
  });

  it.each(chatProviders)('asks %s for what it says', async (provider) => {
    await server().storeKey('alice', provider, KEY);
    const { status } = await send({
      model: modelOf(provider, 'a/b:c'),
      messages: [
        { role: 'system', content: 'Be brief.' },
        user([
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ]),
      ],
      max_completion_tokens: 321,
    });
    expect(status).toBe(200);
    const { body, path } = server().standIn.requests.at(-1)!;
    const text = JSON.stringify(body);
    expect(`${decodeURIComponent(path)} ${text}`).toContain('a/b:c');
    expect(text).toContain('Be brief.');
    expect(text).toContain(String.raw`One.\n\nTwo.`);
    expect(text).toContain('321');
  });

  it('names an endpoint as the list of models does, with spaces', async () => {
    const input = {
      provider: 'CUSTOM',
      apiKey: KEY,
      endpoint: { name: 'my box', baseUrl: server().environment.CUSTOM_BASE_URL },
    };
    server().standIn.acceptKey('CUSTOM', KEY);
    await server().query(
      'alice',
      'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { replacedKeyId } }',
      {
        input,
      },
    );
    const response = await fetch(`${server().url}/v1/models`, {
      headers: { authorization: `Bearer ${await tokenOf('alice')}` },
    });
    const { data } = (await response.json()) as any;
    const ids: string[] = data.map(({ id }: any) => id).filter((id: string) => id.startsWith('custom/'));
    expect(ids[0]).toMatch(/^custom\/my box\/./);
    expect((await send({ model: ids[0] })).status).toBe(200);
  });

  it('takes arguments back that are no JSON, as the model may have written them', async () => {
    const messages = withCall({
      tool_calls: [call({ function: { name: 'get_weather', arguments: 'Paris, I guess' } })],
    });
    expect((await send({ messages, tools: [tool] })).status).toBe(200);
    expect(JSON.stringify(sent())).toContain('sunny');
  });
});
