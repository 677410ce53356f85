import { replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { MessageEvents } from '../../demo/stand-in/anthropic-events.mjs';
import type { JsonSchema } from '../../src/common/json-schema.js';
import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import type { ChatRequest } from '../../src/providers/chat/contract.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import { groq } from '../../src/providers/chat/groq/groq.provider.js';
import { openai } from '../../src/providers/chat/openai/openai.provider.js';
import { openrouter } from '../../src/providers/chat/openrouter/openrouter.provider.js';
import type { SchemaDemand } from '../../src/providers/chat/response-schema/schema-subset.js';
import { collect, failureOf } from '../support/collect.js';
import { chatCases } from './chat-adapter-cases.js';
import { HELLO, inPiecesOf, joined, useAdapter } from './chat-adapter-harness.js';
import { searchTool } from './chat-adapter-tool-cases.js';

/** As clients write them: with notes, and open. */
const schema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'City',
  type: 'object',
  properties: { name: { type: 'string', description: 'In English.' }, size: { const: 1 } },
  required: ['name', 'size'],
};
/** What no strict API takes. */
const loose: JsonSchema = { ...schema, required: ['name'], not: { required: ['other'] } };

const name = { type: 'string', description: 'In English.' };
const base = { title: 'City', type: 'object', required: ['name', 'size'] };
const strict = {
  ...base,
  properties: { name, size: { const: 1, type: 'number' } },
  additionalProperties: false,
};
const named = (given: object, isStrict: boolean) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: isStrict, schema: given } },
});
const instruction = (given: object) => ({
  role: 'system',
  content: `Answer in JSON, and nothing else: one value that fits this JSON Schema.\n${JSON.stringify(given)}`,
});

/** What {@link schema} changes in the minimal request; and {@link loose}, null where that is refused. */
const requests: Readonly<Record<string, readonly [object, object | null]>> = {
  OPENAI: [{ text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: strict } } }, null],
  ANTHROPIC: [{ output_config: { format: { type: 'json_schema', schema: strict } } }, null],
  GOOGLE: [
    {
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: { ...base, properties: { name, size: { enum: [1] } } },
      },
    },
    null,
  ],
  OPENROUTER: [{ ...named(strict, true), provider: { require_parameters: true } }, null],
  GROQ: [named(strict, true), named(loose, false)],
  XAI: [named(schema, true), named(loose, true)],
  DEEPSEEK: [
    {
      response_format: { type: 'json_object' },
      messages: [instruction(schema), { role: 'user', content: 'Hello' }],
    },
    {
      response_format: { type: 'json_object' },
      messages: [instruction(loose), { role: 'user', content: 'Hello' }],
    },
  ],
  MISTRAL: [named(schema, true), named(loose, true)],
  CUSTOM: [named(strict, true), named(loose, false)],
};

const demand = (of: JsonSchema, model: string, more: Partial<SchemaDemand> = {}): SchemaDemand => ({
  ...{ schema: of, model, hasTools: false, isToReason: false },
  ...more,
});

describe.each(chatCases)('a schema for $entry.displayName', ({ entry, model, minimal }) => {
  const { standIn, stream, answerWith, fixture } = useAdapter(entry, model);
  const lastBody = (): unknown => standIn().requests.at(-1)!.body;
  const [added, addedLoosely] = requests[entry.id]!;
  const refusalOf = (of: JsonSchema) => entry.dialect.schemaRefusalOf!(demand(of, model));

  it('goes with the request in its own way', async () => {
    expect(refusalOf(schema)).toBeNull();
    const parts = await collect(stream({ responseSchema: schema }));
    expect(lastBody()).toEqual({ ...minimal, ...added });
    expect(JSON.parse(joined('text', parts))).toEqual({ name: expect.any(String), size: 1 });
  });

  it('is refused, or taken as it is, where it is in no subset', async () => {
    if (addedLoosely === null) {
      expect(refusalOf(loose)).toEqual({ place: expect.any(String), problem: expect.any(String) });
      return;
    }
    expect(refusalOf(loose)).toBeNull();
    await collect(stream({ responseSchema: loose }));
    expect(lastBody()).toEqual({ ...minimal, ...addedLoosely });
  });

  it('goes beside an effort to reason', async () => {
    const request: Partial<ChatRequest> = { responseSchema: schema, reasoningEffort: 'LOW' };
    const parts = await collect(stream(request));
    expect(lastBody()).toMatchObject(added);
    expect(JSON.parse(joined('text', parts))).toEqual({ name: expect.any(String), size: 1 });
  });

  it('goes beside tools, also in a turn that goes on', async () => {
    const tools = { definitions: [searchTool], choice: 'AUTO' } as const;
    const question = [{ role: 'USER', content: 'search: cats' }] as const;
    const parts = await collect(stream({ responseSchema: schema, tools, messages: question }));
    const calls = parts.find((part) => part.type === 'toolCalls')!;
    const results = calls.calls.map(({ id: callId, name }) => ({
      callId,
      name,
      content: 'Of cats',
      isError: false,
    }));
    const step = { role: 'CALLS', turn: { transcript: calls.transcript }, results } as const;
    const answer = await collect(stream({ responseSchema: schema, tools, messages: [...question, step] }));
    expect(JSON.parse(joined('text', answer))).toEqual({ name: expect.any(String), size: 1 });
  });

  it('changes nothing of an answer that does not fit', async () => {
    const bytes = await fixture('answer');
    void answerWith(replay([bytes]));
    const asked = await collect(stream({ responseSchema: schema }));
    void answerWith(replay([bytes]));
    expect(asked).toEqual(await collect(stream()));
    expect(joined('text', asked)).not.toBe('');
  });

  it('that is not there leaves the request as it was', async () => {
    await collect(stream());
    expect(lastBody()).toEqual(minimal);
  });
});

describe('a refusal of the schema', () => {
  it.each<[string, (typeof chatCases)[number]['entry'], object]>([
    [
      'OpenAI',
      openai,
      { error: { message: 'Invalid schema.', type: 'invalid_request_error', param: 'text.format.schema' } },
    ],
    [
      'Anthropic',
      anthropic,
      { error: { type: 'invalid_request_error', message: 'output_config.format.schema: too deep' } },
    ],
    [
      'Google',
      google,
      {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: 'Invalid value at generation_config.response_json_schema',
        },
      },
    ],
    [
      'Groq',
      groq,
      {
        error: {
          type: 'invalid_request_error',
          message: 'This model does not support response format `json_schema`.',
          param: 'response_format',
        },
      },
    ],
    [
      'OpenRouter',
      openrouter,
      { error: { code: 404, message: 'No endpoints found that can handle the requested parameters.' } },
    ],
  ])('of %s is not said of anything else', (_, { dialect }, body) => {
    const failure = dialect.toFailure((body as { error: unknown }).error, 400, null);
    expect(failure.code).toBe('PROVIDER_BAD_REQUEST');
    const { parameter } = failure as unknown as { parameter: string | null };
    expect(parameter).toBe(_ === 'OpenRouter' ? null : 'responseSchema');
  });

  it('of Groq, of an answer that its model could not write, is tried again', () => {
    const failure = groq.dialect.toFailure(
      { code: 'json_validate_failed', message: 'Failed to generate JSON.' },
      400,
      null,
    );
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryAfterMs: 0 });
  });
});

describe('a model of Anthropic without structured outputs', () => {
  const OLD = 'claude-3-5-haiku-20241022';
  const { standIn, stream, answerWith } = useAdapter(anthropic, OLD);

  it.each([
    'claude-3-haiku-20240307',
    'claude-sonnet-4-20250514',
    'claude-opus-4-1',
    'claude-opus-4-0',
    'claude-2.1',
  ])('has to call a tool for its answer: %s', async (model) => {
    const parts = await collect(stream({ model, responseSchema: schema }));
    expect(standIn().requests.at(-1)!.body).toMatchObject({
      tools: [{ name: 'structured_answer', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'structured_answer', disable_parallel_tool_use: true },
    });
    expect(standIn().requests.at(-1)!.body).not.toHaveProperty('output_config');
    expect(JSON.parse(joined('text', parts))).toEqual({ name: expect.any(String), size: 1 });
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
    expect(parts.map(({ type }) => type)).not.toContain('toolCalls');
  });

  it.each([
    'claude-haiku-4-5',
    'claude-sonnet-4-5-20250929',
    'claude-opus-4-6',
    'claude-haiku-5-5',
    'claude-sonnet-5',
  ])('is none that came later: %s', async (model) => {
    await collect(stream({ model, responseSchema: schema }));
    expect(standIn().requests.at(-1)!.body).toHaveProperty('output_config.format');
    expect(standIn().requests.at(-1)!.body).not.toHaveProperty('tools');
  });

  const written = '{"name":"Köln 🐈","size":1}';
  const answerOf = (...pieces: string[]): string => {
    const events = new MessageEvents(OLD);
    const deltas = pieces.map((piece) => events.argumentsDelta(piece));
    return [
      events.begin(3),
      events.beginCall('structured_answer'),
      ...deltas,
      events.endCall(),
      events.end(),
    ].join('');
  };

  it.each([1, 7, 100_000])('says the input as it comes, in pieces of %i bytes', async (size) => {
    const bytes = Buffer.from(answerOf('{"name":"Kö', 'ln 🐈","si', 'ze":1}'));
    void answerWith(replay(inPiecesOf(size, bytes)));
    expect(joined('text', await collect(stream({ responseSchema: schema })))).toBe(written);
  });

  it('says the first alone of two', async () => {
    const events = new MessageEvents(OLD);
    const calls = [written, '{"name":"Bonn"}'].map((input) =>
      [events.beginCall('structured_answer'), events.argumentsDelta(input), events.endCall()].join(''),
    );
    void answerWith(replay([[events.begin(3), ...calls, events.end()].join('')]));
    expect(joined('text', await collect(stream({ responseSchema: schema })))).toBe(written);
  });

  it('says one that comes whole', async () => {
    const body = answerOf().replace('"input":{}', `"input":${written}`);
    expect(body).toContain(written);
    void answerWith(replay([body]));
    expect(joined('text', await collect(stream({ responseSchema: schema })))).toBe(written);
  });

  it('keeps what was written before it was cut', async () => {
    void answerWith(
      replay([answerOf('{"name":"K').replace('"tool_use","stop_sequence"', '"max_tokens","stop_sequence"')]),
    );
    const parts = await collect(stream({ responseSchema: schema }));
    expect(joined('text', parts)).toBe('{"name":"K');
  });

  it('may have called other tools before', async () => {
    const call = { id: 'call00001', name: 'web_search', input: {} };
    const results = [{ callId: 'call00001', name: 'web_search', content: 'Of cats', isError: false }];
    const step = { role: 'CALLS', turn: { text: '', calls: [call] }, results } as const;
    await collect(stream({ responseSchema: schema, messages: [...HELLO, step] }));
    const { tools } = standIn().requests.at(-1)!.body as { tools: { name: string }[] };
    expect(tools.map((tool) => tool.name)).toEqual(['web_search', 'structured_answer']);
  });

  it('refuses it as the schema, not as a tool', async () => {
    const error = { type: 'invalid_request_error', message: 'tools.0.input_schema: bad' };
    void answerWith(reply({ status: 400, body: { type: 'error', error } }));
    expect(await failureOf(stream({ responseSchema: schema }))).toMatchObject({
      parameter: 'responseSchema',
    });
  });

  it.each<[string, Partial<SchemaDemand>]>([
    ['beside tools', { hasTools: true }],
    ['beside reasoning', { isToReason: true }],
    ['for a list', { schema: { type: 'array' } }],
  ])('is not asked %s', (_, more) => {
    expect(anthropic.dialect.schemaRefusalOf!(demand(loose, OLD, more))).toMatchObject({ place: '' });
    expect(anthropic.dialect.schemaRefusalOf!(demand(loose, OLD))).toBeNull();
  });
});

describe('what a model behind a name takes', () => {
  const isRefused = (
    entry: (typeof chatCases)[number]['entry'],
    model: string,
    more?: Partial<SchemaDemand>,
  ) => entry.dialect.schemaRefusalOf!(demand(loose, model, more)) !== null;

  it.each([
    ['openai/gpt-5.4-mini', true],
    ['anthropic/claude-sonnet-5', true],
    ['meta-llama/llama-4-maverick', false],
  ])('at OpenRouter is what its provider takes: %s', (model, expected) => {
    expect(isRefused(openrouter, model)).toBe(expected);
  });

  it('at Google is a schema or tools, before the third generation', () => {
    const beside = (model: string) =>
      google.dialect.schemaRefusalOf!(demand(schema, model, { hasTools: true }));
    expect(beside('gemini-2.5-flash')).toMatchObject({ place: '' });
    expect(beside('gemini-3.1-flash-lite')).toBeNull();
  });

  it('at OpenAI is less where it is fine-tuned', () => {
    const least = { ...schema, properties: { name, size: { type: 'number', minimum: 1 } } };
    expect(openai.dialect.schemaRefusalOf!(demand(least, 'gpt-5.4-mini'))).toBeNull();
    expect(openai.dialect.schemaRefusalOf!(demand(least, 'ft:gpt-4.1:mine::1'))).toMatchObject({
      place: 'properties.1.minimum',
    });
  });

  it('at Groq is strict for some, and no tools for any', () => {
    const { dialect } = groq;
    const asked = (model: string) =>
      dialect.toRequest({ model, messages: HELLO, responseSchema: schema }, { api: '' }, new Set()).body;
    expect(asked('openai/gpt-oss-120b')).toMatchObject(named(strict, true));
    expect(asked('qwen/qwen3-32b')).toMatchObject(named(schema, false));
    expect(dialect.schemaRefusalOf!(demand(schema, 'openai/gpt-oss-120b', { hasTools: true }))).toMatchObject(
      {
        place: '',
      },
    );
  });
});
