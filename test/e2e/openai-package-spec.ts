import OpenAI from 'openai';
import type {
  ChatCompletionContentPart,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { registry } from '../../src/providers/registry/registry.js';
import { createToken } from '../support/access-tokens.js';
import { pdf, png } from '../support/media.js';
import { modelOf, openaiClient } from '../support/openai-client.js';
import { useTestServer } from '../support/use-test-server.js';
import { voices } from '../support/voices.js';

const KEY = 'key-of-alice-0123456789';
const chatProviders = registry.flatMap((entry) => (entry.kind === 'CHAT' ? [entry.id] : []));
const HELLO: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
const getWeather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} satisfies ChatCompletionFunctionTool;
const CALLS = 'call: get_weather {"city":"Paris"}\ncall: get_weather {"city":"Rome"}';

describe('the openai package', () => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '600000' });
  let openai: OpenAI;
  beforeEach(async () => {
    openai = await openaiClient(server(), 'alice');
  });

  const allOf = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
    const all: Item[] = [];
    for await (const item of items) all.push(item);
    return all;
  };

  const failureOf = (answer: PromiseLike<unknown>): Promise<unknown> =>
    Promise.resolve(answer).then(
      () => null,
      (reason: unknown) => reason,
    );

  describe.each(chatProviders)('with %s', (provider) => {
    const model = modelOf(provider);
    beforeEach(() => server().storeKey('alice', provider, KEY));

    it('gets an answer', async () => {
      const answer = await openai.chat.completions.create({ model, messages: HELLO });
      expect(answer).toEqual({
        id: expect.stringMatching(/^chatcmpl-[0-9a-f-]{36}$/),
        object: 'chat.completion',
        created: expect.any(Number),
        model: 'some-model',
        system_fingerprint: null,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: expect.stringMatching(/\w/), refusal: null },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
      });
      expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
      const { prompt_tokens, completion_tokens, total_tokens } = answer.usage!;
      expect(prompt_tokens + completion_tokens).toBe(total_tokens);
    });

    it('gets the same answer as a stream', async () => {
      const whole = await openai.chat.completions.create({ model, messages: HELLO });
      const chunks = await allOf(
        await openai.chat.completions.create({
          model,
          messages: HELLO,
          stream: true,
          stream_options: { include_usage: true },
        }),
      );
      expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '', refusal: null });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
        whole.choices[0]!.message.content,
      );
      expect(chunks.at(-2)!.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
      expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
      expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(1).map(() => null));
    });

    it('gets the reasoning apart', async () => {
      const voice = voices[provider]();
      const body = [voice.reasoning('Well. '), voice.text('Yes.'), voice.end()];
      server().standIn.once(provider, async (exchange) => {
        exchange.open();
        for (const piece of body) await exchange.write(piece);
        exchange.end();
      });
      const { choices } = await openai.chat.completions.create({ model, messages: HELLO });
      expect(choices[0]!.message).toMatchObject({ content: 'Yes.', reasoning_content: 'Well. ' });
    });

    it('has its tools called, and goes on with their results', async () => {
      const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: CALLS }];
      const asked = await openai.chat.completions.create({ model, messages, tools: [getWeather] });
      const [choice] = asked.choices;
      expect(choice!.finish_reason).toBe('tool_calls');
      const calls = choice!.message.tool_calls!;
      expect(calls).toEqual(
        ['Paris', 'Rome'].map((city) => ({
          id: expect.any(String),
          type: 'function',
          function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
        })),
      );
      const results = calls.map(({ id }, index): ChatCompletionMessageParam => ({
        role: 'tool',
        tool_call_id: id,
        content: ['sunny', 'rainy'][index]!,
      }));
      const told = [...messages, choice!.message, ...results];
      const answer = await openai.chat.completions.create({ model, messages: told, tools: [getWeather] });
      expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' });
      const sent = JSON.stringify(server().standIn.requests.at(-1)!.body);
      expect(sent).toContain('sunny');
      expect(sent).toContain('rainy');
      // A client of its own making may leave out what it does not know.
      const { keystream_transcript, ...plain } = choice!.message as any;
      expect(keystream_transcript).toEqual(expect.any(String));
      const again = await openai.chat.completions.create({
        model,
        messages: [...messages, plain, ...results],
        tools: [getWeather],
      });
      expect(again.choices[0]!.finish_reason).toBe('stop');
    });

    it('runs its tools by itself, in a stream', async () => {
      const asked: unknown[] = [];
      const runner = openai.chat.completions.runTools({
        model,
        stream: true,
        messages: [{ role: 'user', content: CALLS }],
        tools: [
          {
            type: 'function',
            function: {
              ...getWeather.function,
              parse: JSON.parse as (text: string) => object,
              function: (input: object) => {
                asked.push(input);
                return 'sunny';
              },
            },
          },
        ],
      });
      const text = await runner.finalContent();
      expect(asked).toEqual([{ city: 'Paris' }, { city: 'Rome' }]);
      expect(text).toMatch(/\w/);
      expect(server().standIn.requests).toHaveLength(2);
      expect(JSON.stringify(server().standIn.requests.at(-1)!.body)).toContain('sunny');
      // What the package put together of the stream went back, with what the model is to be told again.
      expect(runner.messages[1]).toHaveProperty('keystream_transcript');
    });

    it('is told that a key was refused, without repeating it', async () => {
      const client = await openaiClient(server(), 'alice', { maxRetries: 2 });
      server().standIn.revokeKey(provider, KEY);
      for (const stream of [false, true]) {
        server().standIn.forget();
        const error = await failureOf(client.chat.completions.create({ model, messages: HELLO, stream }));
        expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
        expect(error).toMatchObject({
          status: 403,
          code: 'KEY_REJECTED',
          param: null,
          type: 'permission_error',
        });
        expect(JSON.stringify(error)).not.toContain(KEY);
        expect(server().standIn.requests).toHaveLength(1);
      }
    });

    it('stops the provider when its user does', async () => {
      for (const stream of [false, true]) {
        const voice = voices[provider]();
        server().standIn.once(provider, async (exchange) => {
          exchange.open();
          await exchange.write(voice.text('Half of '));
        });
        const asked = server().standIn.nextRequest(provider);
        const stopping = new AbortController();
        const answer = openai.chat.completions
          .create({ model, messages: HELLO, stream }, { signal: stopping.signal })
          .then(async (made) => (stream ? await allOf(made as AsyncIterable<unknown>) : made));
        const settled = answer.then(
          () => null,
          (reason: unknown) => reason,
        );
        const exchange = await asked;
        stopping.abort();
        await settled;
        await exchange.closedByClient;
      }
    });

    it('finds its models, and each by its name', async () => {
      const models = await allOf(openai.models.list());
      expect(models.length).toBeGreaterThan(0);
      const prefix = modelOf(provider, '');
      for (const { id, owned_by } of models) {
        expect(id.startsWith(prefix)).toBe(true);
        expect(owned_by).toBe(provider.toLowerCase());
      }
      const { id } = models[0]!;
      expect(await openai.models.retrieve(id)).toEqual(models[0]);
      const { choices } = await openai.chat.completions.create({ model: id, messages: HELLO });
      expect(choices).toHaveLength(1);
      const error = await failureOf(openai.models.retrieve(`${prefix}of-nobody`));
      expect(error).toBeInstanceOf(OpenAI.NotFoundError);
      expect(error).toMatchObject({ code: 'UNKNOWN_MODEL' });
    });
  });

  const image = {
    type: 'image_url' as const,
    image_url: { url: `data:image/png;base64,${png.toString('base64')}` },
  };
  const asking = (...content: ChatCompletionContentPart[]): ChatCompletionMessageParam[] => [
    { role: 'user', content },
  ];
  const imageProviders = registry.flatMap((entry) =>
    entry.kind === 'CHAT' && entry.media.images.includes('image/png') ? [entry.id] : [],
  );

  it.each(imageProviders)('shows an image to %s', async (provider) => {
    await server().storeKey('alice', provider, KEY);
    const messages = asking({ type: 'text', text: 'What is this?' }, image);
    const { choices } = await openai.chat.completions.create({ model: modelOf(provider), messages });
    expect(choices[0]!.message.content).toContain(`What is this?\n[image/png, ${png.length} bytes]`);
  });

  it('sends a file, within the request or as an attachment', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const file_id = await server().attach('alice', pdf, 'plan.pdf');
    const file_data = `data:application/pdf;base64,${pdf.toString('base64')}`;
    const messages = asking(
      { type: 'file', file: { file_id } },
      { type: 'file', file: { file_data, filename: 'other.pdf' } },
    );
    await openai.chat.completions.create({ model: 'openai/x', messages });
    expect(server().standIn.requests.at(-1)!.body.input[0].content).toEqual(
      ['plan.pdf', 'other.pdf'].map((filename) => ({ type: 'input_file', filename, file_data })),
    );
  });

  it('is told which image is refused, and by whom', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().storeKey('alice', 'DEEPSEEK', KEY);
    const refusalOf = (model: string, messages: ChatCompletionMessageParam[]) =>
      failureOf(openai.chat.completions.create({ model, messages }));
    expect(await refusalOf('deepseek/x', asking({ type: 'text', text: 'a' }, image))).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      param: 'messages[0].content[1]',
    });
    server().standIn.once('OPENAI', reply(openaiErrors.badParameter('input[0].content[0].image_url')));
    expect(await refusalOf('openai/x', asking(image))).toMatchObject({
      status: 400,
      code: 'PROVIDER_BAD_REQUEST',
      param: 'messages[0].content[0]',
    });
    const wrong = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
    expect(await refusalOf('openai/x', asking(wrong))).toMatchObject({
      code: 'BAD_USER_INPUT',
      param: 'messages[0].content[0].image_url.url',
    });
    const lost = { type: 'file' as const, file: { file_id: 'of-nobody' } };
    expect(await refusalOf('openai/x', asking(lost))).toMatchObject({
      param: 'messages[0].content[0].file.file_id',
    });
  });

  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const response_format = {
    type: 'json_schema' as const,
    json_schema: { name: 'place', strict: true, schema },
  };

  it.each(chatProviders)('gets an answer of %s that fits a schema', async (provider) => {
    await server().storeKey('alice', provider, KEY);
    const model = provider === 'GROQ' ? 'groq/openai/gpt-oss-20b' : modelOf(provider);
    const { choices } = await openai.chat.completions.parse({ model, messages: HELLO, response_format });
    expect(choices[0]!.message.parsed).toEqual({ city: expect.any(String) });
  });

  it('is told what of a schema a provider does not take', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const error = await failureOf(
      openai.chat.completions.create({
        model: 'openai/x',
        messages: HELLO,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', schema: { type: 'array', items: {} } },
        },
      }),
    );
    expect(error).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(String(Reflect.get(error as object, 'param'))).toContain('response_format.json_schema.schema');
    expect(server().standIn.requests).toEqual([]);
  });

  it('takes an access token with the scope CHAT, and is refused with any other', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const { secret } = await createToken(server(), 'alice', { scopes: ['CHAT'] });
    const client = await openaiClient(server(), secret);
    const { choices } = await client.chat.completions.create({ model: 'openai/x', messages: HELLO });
    expect(choices).toHaveLength(1);
    const { secret: other } = await createToken(server(), 'alice', {
      scopes: ['SEARCH', 'KEYS_READ', 'KEYS_WRITE', 'AUDIT'],
    });
    const stranger = await openaiClient(server(), other);
    for (const attempt of [
      () => stranger.chat.completions.create({ model: 'openai/x', messages: HELLO }),
      () => stranger.models.list(),
      () => stranger.models.retrieve('openai/x'),
    ]) {
      const error = await failureOf(attempt());
      expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
      expect(error).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('lists what this server knows of a provider that does not answer, and nothing of a key that is refused', async () => {
    for (const provider of ['OPENAI', 'ANTHROPIC', 'CUSTOM']) await server().storeKey('alice', provider, KEY);
    server().standIn.once('OPENAI', (exchange) => exchange.reply({ status: 503 }));
    server().standIn.once('CUSTOM', (exchange) => exchange.reply({ status: 503 }));
    server().standIn.revokeKey('ANTHROPIC', KEY);
    const owners = new Set((await allOf(openai.models.list())).map(({ owned_by }) => owned_by));
    expect([...owners]).toEqual(['openai']);
    expect((await allOf(openai.models.list())).some(({ owned_by }) => owned_by === 'custom')).toBe(true);
  });

  it('names no provider where its model does not: the first with a key answers', async () => {
    await server().storeKey('alice', 'ANTHROPIC', KEY);
    for (const model of ['some-model', 'meta-llama/llama', 'ANTHROPIC/some-model', 'brave/x', 'anthropic']) {
      const answer = await openai.chat.completions.create({ model, messages: HELLO });
      expect(answer.model).toBe(model);
    }
  });
});
