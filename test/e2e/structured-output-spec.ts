import { jest } from '@jest/globals';
import { anthropicErrors } from '../../demo/stand-in/anthropic-errors.mjs';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { JsonSchemas } from '../../src/json-schemas/json-schemas.service.js';
import { registry } from '../../src/providers/registry/registry.js';
import { naming } from '../support/naming.js';
import { type ChatEventData, HELLO, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const chatProviders = registry.filter(({ kind }) => kind === 'CHAT').map(({ id }) => id);

const city = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'City',
  type: 'object',
  properties: {
    name: { type: 'string' },
    size: { enum: ['SMALL', 'LARGE'] },
    river: { type: ['string', 'null'] },
    twins: { type: 'array', items: { $ref: '#/definitions/twin' } },
  },
  required: ['name', 'size', 'twins'],
  definitions: { twin: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
};
const names = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const say = (text: string) => [{ role: 'USER', content: `Which city?\nsay: ${text}` }];
const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) { text schemaValid finishReason } }`;
const CANCEL = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }';
const getWeather = { name: 'get_weather', parameters: { type: 'object', properties: {} } };

describe('an answer that is to fit a schema', () => {
  const server = useTestServer();
  afterEach(() => jest.restoreAllMocks());

  const chat = (input: Record<string, unknown>) =>
    server().chatEvents('alice', { messages: HELLO, ...input });
  const endOf = (events: readonly ChatEventData[]) => events.at(-1)!;
  const refusal = async (input: Record<string, unknown>) => {
    const { errors } = await server().post<any>('alice', COMPLETE, { input: { messages: HELLO, ...input } });
    expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(server().standIn.requests).toEqual([]);
    return errors[0]!.extensions.violations![0] as { path: string; message: string };
  };

  describe.each(chatProviders)('of %s', (provider) => {
    beforeEach(() => server().storeKey('alice', provider, KEY));

    it('fits, and says so', async () => {
      const events = await chat({ ...naming(provider), responseSchema: city });
      expect(JSON.parse(textOf(events))).toMatchObject({ name: expect.any(String), size: 'SMALL' });
      expect(endOf(events)).toMatchObject({ __typename: 'ChatCompleted', schemaValid: true });
    });

    it.each(['{"name": 7}', '{"name": "Rom', 'I would rather not.'])(
      'does not fit, and is not lost: %s',
      async (text) => {
        const events = await chat({ ...naming(provider), responseSchema: names, messages: say(text) });
        expect(textOf(events).trim()).toBe(text);
        expect(endOf(events)).toMatchObject({ finishReason: 'STOP', schemaValid: false });
      },
    );

    it('says nothing of schemas where there is none', async () => {
      const events = await chat({ ...naming(provider), messages: say('{}') });
      expect(endOf(events).schemaValid).toBeNull();
    });
  });

  it('is given whole by completeChat, too', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const input = { messages: say('{"name":"Rome"}'), responseSchema: names };
    const { completeChat } = await server().query('alice', COMPLETE, { input });
    expect(completeChat).toEqual({ text: '{"name":"Rome"}', schemaValid: true, finishReason: 'STOP' });
  });

  it('is judged by the schema of its client, not by what the provider was asked with', async () => {
    await server().storeKey('alice', 'DEEPSEEK', KEY);
    const responseSchema = { ...names, properties: { name: { type: 'string', pattern: '^R\\p{L}{3}$' } } };
    const said = async (name: string) =>
      endOf(await chat({ provider: 'DEEPSEEK', responseSchema, messages: say(JSON.stringify({ name })) }));
    expect(await said('Rome')).toMatchObject({ schemaValid: true });
    expect(await said('Paris')).toMatchObject({ schemaValid: false });
  });

  it('is the same for one who comes later', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const input = { responseSchema: names, requestId: 'judged-once' };
    const first = await chat(input);
    const again = await chat(input);
    expect(endOf(first)).toMatchObject({ __typename: 'ChatCompleted', schemaValid: true });
    expect(endOf(again)).toEqual(endOf(first));
    expect(server().standIn.requests).toHaveLength(1);
  });

  it('is the answer to another request with another schema', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await chat({ responseSchema: names, requestId: 'another-schema' });
    const { errors } = await server().post<any>('alice', COMPLETE, {
      input: { messages: HELLO, responseSchema: city, requestId: 'another-schema' },
    });
    expect(errors[0]!.extensions.code).toBe('CONFLICT');
  });

  it.each(['OPENAI', 'ANTHROPIC', 'XAI', 'MISTRAL', 'DEEPSEEK', 'CUSTOM'])(
    'comes after searches, and is all text of the chat (%s)',
    async (provider) => {
      await server().storeKey('alice', provider, KEY);
      await server().storeKey('alice', 'BRAVE', 'key-of-alice-for-brave');
      const messages = [{ role: 'USER', content: 'search: cats\nsay: {"name":"Rome"}' }];
      const events = await chat({ ...naming(provider), responseSchema: names, webSearch: {}, messages });
      expect(events.map(({ __typename }) => __typename)).toContain('SearchFinished');
      expect(endOf(events)).toMatchObject({ schemaValid: true });
    },
  );

  it('does not come where the model calls a tool of the client: there is nothing to judge', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const messages = [{ role: 'USER', content: 'call: get_weather {}' }];
    const events = await chat({ responseSchema: names, tools: [getWeather], messages });
    expect(endOf(events)).toMatchObject({ finishReason: 'TOOL_CALLS', schemaValid: null });
  });

  describe('whose check', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    it('takes too long, is not said to fit nor not to', async () => {
      // Thirty levels of two alternatives each, of which none fits.
      const $defs = Object.fromEntries(
        Array.from({ length: 30 }, (_, level) => [
          `d${String(level)}`,
          {
            anyOf: [{ $ref: `#/$defs/d${String(level + 1)}` }, { $ref: `#/$defs/d${String(level + 1)}` }],
          },
        ]),
      );
      const responseSchema = {
        ...names,
        properties: { name: { $ref: '#/$defs/d0' } },
        $defs: { ...$defs, d30: { type: 'number' } },
      };
      const events = await chat({ responseSchema, messages: say('{"name":"Rome"}') });
      expect(textOf(events)).toBe('{"name":"Rome"}');
      expect(endOf(events)).toMatchObject({ __typename: 'ChatCompleted', schemaValid: null });
    });

    it('goes on when the chat is stopped, holds nothing up', async () => {
      const checking = new Promise<void>((begun) => {
        jest
          .spyOn(JsonSchemas.prototype, 'fits')
          .mockImplementation(async (_user, _schema, _text, signal) => {
            begun();
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            return null;
          });
      });
      const events: ChatEventData[] = [];
      for await (const { data } of await server().chat('alice', {
        messages: say('{"name":"Rome"}'),
        responseSchema: names,
      })) {
        events.push(data!.chat);
        if (events.length > 1) continue;
        const { chatId } = events[0]!;
        void checking.then(() => server().query('alice', CANCEL, { chatId }));
      }
      expect(textOf(events)).toBe('{"name":"Rome"}');
      expect(endOf(events).__typename).toBe('ChatCancelled');
    });

    it('cannot be done, does not fail the chat', async () => {
      jest.spyOn(JsonSchemas.prototype, 'fits').mockResolvedValue(null);
      const events = await chat({ responseSchema: names });
      expect(endOf(events)).toMatchObject({ __typename: 'ChatCompleted', schemaValid: null });
    });
  });

  describe('is refused before anything is spent', () => {
    it.each<[string, string, Record<string, unknown>, string, RegExp]>([
      ['OPENAI', 'a root that is none', { type: 'array', items: {} }, 'type', /^OpenAI takes an object/],
      ['OPENAI', 'an optional property', { ...names, required: [] }, 'properties.0', /^OpenAI .*optional/],
      ['OPENAI', 'a keyword', { ...names, allOf: [names, names] }, 'allOf', /^OpenAI .*allOf/],
      [
        'ANTHROPIC',
        'a length',
        withName({ minLength: 2 }),
        'properties.0.minLength',
        /^Anthropic .*minLength/,
      ],
      ['GOOGLE', 'a pattern', withName({ pattern: 'a' }), 'properties.0.pattern', /^Google .*pattern/],
      ['DEEPSEEK', 'a root that is none', { type: 'string' }, 'type', /^DeepSeek takes an object/],
      ['XAI', 'a cycle', { ...names, properties: { name: { $ref: '#' } } }, '', /^xAI .*leads to itself/],
    ])('for what %s does not take: %s', async (provider, _, responseSchema, place, message) => {
      await server().storeKey('alice', provider, KEY);
      const violation = await refusal({ provider, responseSchema });
      expect(violation.path).toBe(['input.responseSchema', place].filter(Boolean).join('.'));
      expect(violation.message).toMatch(message);
    });

    it.each(['tools', 'webSearch'])('beside %s, by what takes no schema there', async (field) => {
      await server().storeKey('alice', 'GROQ', KEY);
      const input = { tools: { tools: [getWeather] }, webSearch: { webSearch: {} } }[field];
      const violation = await refusal({ provider: 'GROQ', responseSchema: names, ...input });
      expect(violation).toMatchObject({ path: 'input.responseSchema', message: /^Groq takes a schema only/ });
    });

    it('in the name of the provider that would be asked', async () => {
      await server().storeKey('alice', 'ANTHROPIC', KEY);
      expect((await refusal({ responseSchema: withName({ maxLength: 2 }) })).message).toMatch(/^Anthropic/);
    });
  });

  describe('with failover', () => {
    it('comes from the next provider, in its own way', async () => {
      for (const provider of ['OPENAI', 'ANTHROPIC']) await server().storeKey('alice', provider, KEY);
      server().standIn.once('OPENAI', reply(openaiErrors.badKey(KEY)));
      const events = await chat({ responseSchema: names, failover: true });
      expect(events.map(({ __typename }) => __typename)).toContain('ProviderSwitched');
      expect(endOf(events)).toMatchObject({ schemaValid: true });
      expect(server().standIn.requests.at(-1)!.body).toMatchObject({
        output_config: { format: { type: 'json_schema' } },
      });
    });

    it('never from one that does not take the schema', async () => {
      for (const provider of ['ANTHROPIC', 'GOOGLE', 'MISTRAL'])
        await server().storeKey('alice', provider, KEY);
      server().standIn.once('ANTHROPIC', reply(anthropicErrors.badKey(KEY)));
      const events = await chat({
        responseSchema: withName({ format: 'uri', pattern: '^h' }),
        failover: true,
      });
      expect(events.filter(({ __typename }) => __typename === 'ProviderSwitched')).toMatchObject([
        { provider: 'MISTRAL' },
      ]);
    });
  });
});

function withName(rules: object): Record<string, unknown> {
  return { ...names, properties: { name: { type: 'string', ...rules } } };
}
