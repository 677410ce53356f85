import { inspect } from 'node:util';
import { cut, hang, redirect, reply, type Behaviour } from '../../demo/stand-in/behaviours.mjs';
import { KeyMask } from '../../src/common/key-mask.js';
import type { ProviderSettings } from '../../src/common/provider-definition.js';
import { Secret } from '../../src/common/secret.js';
import { KeyLacksRightError, UpstreamError } from '../../src/outbound/upstream-error.js';
import type { ChatProviderEntry } from '../../src/providers/chat/contract.js';
import { MAX_MODELS } from '../../src/providers/chat/list-models.js';
import type { ListedModel } from '../../src/providers/chat/listed-model.js';
import { StreamingAdapter } from '../../src/providers/chat/streaming-adapter.js';
import { registry } from '../../src/providers/registry/registry.js';
import { failureOf } from '../support/collect.js';
import { useStandIn } from '../support/stand-in.js';
import { addressOf } from './chat-adapter-harness.js';
import { Connections } from './connections.js';
import { foreignAnswers, toReply } from './not-the-apis-answer.js';

const KEY = 'sk-a-key-that-must-not-travel';
const MASK = '[key]';

const chat: readonly ChatProviderEntry[] = registry.filter((entry) => entry.kind === 'CHAT');

const said = (id: string, more: Partial<ListedModel> = {}): ListedModel => ({
  ...{ id, displayName: null, contextTokens: null, outputTokens: null, input: null },
  ...{ tools: null, reasoning: null, price: null },
  ...more,
});

interface ListCase {
  /** The calls that it makes. */
  readonly requests: readonly string[];
  /** What the stand-in's list comes to. */
  readonly lists: readonly ListedModel[];
  /** The field with the list. */
  readonly field: string;
  /** The field with the id, and what stands before it. */
  readonly idField?: string;
  readonly idPrefix?: string;
  /** Entries as the API writes them, beside those of the stand-in, and what they come to; null: no model to chat with. */
  readonly entries: readonly (readonly [object, ListedModel | null])[];
}

const cases: Readonly<Record<string, ListCase>> = {
  OPENAI: {
    requests: ['GET /v1/models'],
    lists: [said('gpt-5.4-mini')],
    field: 'data',
    entries: [
      ...['gpt-5.4', 'gpt-4.1-2025-04-14', 'ft:gpt-4o-mini-2024-07-18:acme::abc', 'o3', 'gpt-5.3-codex'].map(
        (id) => [{ id, object: 'model', created: 1, owned_by: 'system' }, said(id)] as const,
      ),
      ...[
        'text-embedding-3-large',
        'whisper-1',
        'tts-1-hd',
        'dall-e-3',
        'gpt-image-1',
        'omni-moderation-latest',
        'gpt-realtime',
        'gpt-4o-realtime-preview',
        'gpt-4o-mini-transcribe',
        'gpt-4o-mini-tts',
        'gpt-4o-audio-preview',
        'gpt-3.5-turbo-instruct',
        'babbage-002',
        'sora-2',
      ].map((id) => [{ id, object: 'model' }, null] as const),
    ],
  },
  ANTHROPIC: {
    requests: ['GET /v1/models?limit=1000'],
    lists: [
      ['claude-haiku-5-5', 'Claude Haiku 5.5'] as const,
      ['claude-sonnet-5', 'Claude Sonnet 5'] as const,
    ].map(([id, displayName]) =>
      said(id, {
        ...{ displayName, contextTokens: 200_000, outputTokens: 64_000 },
        ...{ input: ['TEXT', 'IMAGE', 'FILE'], reasoning: true },
      }),
    ),
    field: 'data',
    entries: [
      [{ id: 'claude-old', display_name: 'Claude Old' }, said('claude-old', { displayName: 'Claude Old' })],
      [
        {
          id: 'claude-text',
          max_input_tokens: null,
          capabilities: { image_input: { supported: false }, thinking: { supported: false } },
        },
        said('claude-text', { input: ['TEXT'], reasoning: false }),
      ],
      [{ id: 'claude-1', lifecycle: 'retired' }, null],
    ],
  },
  GOOGLE: {
    requests: ['GET /v1beta/models?pageSize=1000'],
    lists: [
      said('gemini-3.1-flash-lite', {
        ...{ displayName: 'Gemini 3.1 Flash-Lite', contextTokens: 1_048_576, outputTokens: 65_536 },
        reasoning: true,
      }),
    ],
    field: 'models',
    idField: 'name',
    idPrefix: 'models/',
    entries: [
      [{ name: 'models/gemini-new' }, said('gemini-new')],
      [{ name: 'models/imagen-4.0', supportedGenerationMethods: ['predict'] }, null],
      [
        { name: 'models/gemma-3', supportedGenerationMethods: ['generateContent'], thinking: false },
        said('gemma-3', { reasoning: false }),
      ],
    ],
  },
  OPENROUTER: {
    requests: ['GET /v1/models/user'],
    lists: [
      said('openai/gpt-5.4-mini', {
        ...{ displayName: 'OpenAI: GPT-5.4 Mini', contextTokens: 400_000, outputTokens: 128_000 },
        ...{ input: ['TEXT', 'IMAGE', 'FILE'], tools: true, reasoning: true },
        price: {
          inputPerMillion: '0.75',
          cachedInputPerMillion: '0.075',
          cacheWritePerMillion: null,
          outputPerMillion: '4.5',
        },
      }),
    ],
    field: 'data',
    entries: [
      [
        { id: 'openrouter/auto', pricing: { prompt: '-1', completion: '-1' }, supported_parameters: [] },
        said('openrouter/auto', { tools: false, reasoning: false }),
      ],
      [
        { id: 'free/model:free', pricing: { prompt: '0', completion: '0' } },
        said('free/model:free', {
          price: {
            inputPerMillion: '0',
            cachedInputPerMillion: null,
            cacheWritePerMillion: null,
            outputPerMillion: '0',
          },
        }),
      ],
      [{ id: 'black-forest/flux', architecture: { output_modalities: ['image'] } }, null],
      [{ id: 'odd/price', pricing: { prompt: 1e-6, completion: '1e-6' } }, said('odd/price')],
    ],
  },
  GROQ: {
    requests: ['GET /v1/models'],
    lists: [
      said('openai/gpt-oss-20b', { contextTokens: 131_072, outputTokens: 65_536 }),
      said('whisper-large-v3', { contextTokens: 448, outputTokens: 448 }),
    ],
    field: 'data',
    entries: [[{ id: 'llama-gone', active: false }, null]],
  },
  XAI: {
    requests: ['GET /v1/language-models'],
    lists: [
      said('grok-4.3', {
        input: ['TEXT', 'IMAGE'],
        price: {
          inputPerMillion: '1.25',
          cachedInputPerMillion: '0.2',
          cacheWritePerMillion: null,
          outputPerMillion: '2.5',
        },
      }),
    ],
    field: 'models',
    entries: [
      [{ id: 'grok-picture', output_modalities: ['image'] }, null],
      [
        { id: 'grok-odd', prompt_text_token_price: '12500', completion_text_token_price: -1 },
        said('grok-odd'),
      ],
    ],
  },
  DEEPSEEK: {
    requests: ['GET /models'],
    lists: [said('deepseek-v4-flash'), said('deepseek-v4-pro')],
    field: 'data',
    entries: [],
  },
  MISTRAL: {
    requests: ['GET /v1/models'],
    lists: ['mistral-small-latest', 'mistral-small-2603'].map((id) =>
      said(id, { contextTokens: 131_072, input: ['TEXT', 'IMAGE'], tools: true, reasoning: true }),
    ),
    field: 'data',
    entries: [
      [
        { id: 'voxtral-small', capabilities: { completion_chat: true, vision: false, audio: true } },
        said('voxtral-small', { input: ['TEXT', 'AUDIO'] }),
      ],
      [{ id: 'ft:mine', archived: true }, null],
      [{ id: 'mistral-plain' }, said('mistral-plain')],
    ],
  },
  CUSTOM: {
    requests: ['GET /models'],
    lists: [said('local-model')],
    field: 'data',
    entries: [
      [{ id: 'vllm', max_model_len: 32_768 }, said('vllm', { contextTokens: 32_768 })],
      [
        {
          id: 'gateway',
          name: 'A Gateway',
          context_length: 8_192,
          pricing: { prompt: '1', completion: '1' },
        },
        said('gateway', { displayName: 'A Gateway', contextTokens: 8_192 }),
      ],
    ],
  },
};

it('covers every chat provider of the registry', () => {
  expect(Object.keys(cases)).toEqual(chat.map(({ id }) => id));
});

describe.each(chat)('listing the models of a key of $id', (entry) => {
  const { id } = entry;
  const { requests, lists, field, entries, idField = 'id', idPrefix = '' } = cases[id]!;
  const standIn = useStandIn();
  let connections: Connections;
  let reported: string[];

  beforeEach(() => {
    reported = [];
    connections = new Connections();
    standIn().acceptKey(id, KEY);
  });
  afterEach(() => connections.close());

  function list(
    signal = new AbortController().signal,
    limits: Partial<ProviderSettings> = {},
  ): Promise<readonly ListedModel[]> {
    const api = addressOf(entry, standIn());
    const settings = { endpoints: { api }, firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000, ...limits };
    const adapter = new StreamingAdapter(entry.dialect, settings, connections.to(entry, api), ({ code }) =>
      reported.push(code),
    );
    const key = Secret.fromText(KEY);
    return adapter.list(key, new KeyMask(key, { mask: MASK, publicPrefixes: ['sk-'] }), signal);
  }

  /** A list of these, in place of the stand-in's. */
  const answer = (listed: readonly unknown[], more: object = {}): void =>
    standIn().once(id, reply({ status: 200, body: { [field]: listed, ...more } }));
  const named = (name: unknown): object => ({
    [idField]: typeof name === 'string' ? idPrefix + name : name,
  });

  async function failureOn(
    behaviour: Behaviour,
    limits: Partial<ProviderSettings> = {},
  ): Promise<UpstreamError> {
    standIn().once(id, behaviour);
    const failure = await failureOf(list(undefined, limits));
    if (!(failure instanceof UpstreamError)) throw failure;
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(KEY);
    expect(reported).toEqual([failure.code]);
    return failure;
  }

  it('asks for all of them, and takes over what the API says of each', async () => {
    expect(await list()).toEqual(lists);
    const asked = standIn().requests;
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(requests);
    for (const { key, path } of asked) {
      expect(key).toBe(KEY);
      expect(path).not.toContain(KEY);
    }
  });

  it('leaves out what cannot chat, where the API says so', async () => {
    answer([...entries.map(([said]) => said), named('last')]);
    const shown = entries.flatMap(([, model]) => model ?? []);
    const [, ...others] = [...(await list())].reverse();
    expect(others.reverse()).toEqual(shown);
  });

  it('lists none where there is none', async () => {
    answer([]);
    expect(await list()).toEqual([]);
  });

  it('takes nothing over that is not of its kind', async () => {
    const odd = [null, undefined, 7, -1, 1.5, 1e300, '', 'text', [], {}, [[]], { supported: 'yes' }, true];
    const names = [
      ...['displayName', 'display_name', 'name', 'max_input_tokens', 'max_tokens', 'inputTokenLimit'],
      ...['outputTokenLimit', 'context_length', 'context_window', 'max_completion_tokens', 'max_model_len'],
      ...['max_context_length', 'capabilities', 'architecture', 'pricing', 'top_provider', 'thinking'],
      ...['supported_parameters', 'input_modalities', 'output_modalities', 'active', 'lifecycle', 'archived'],
      ...['supportedGenerationMethods', 'prompt_text_token_price', 'completion_text_token_price'],
    ];
    const listed = odd.flatMap((value, index) =>
      names.map((name) => ({ [name]: value, ...named(`model-${String(index)}-${name}`) })),
    );
    answer([...odd, ...odd.map(named), ...listed]);
    for (const model of await list()) {
      expect(model.id).toMatch(/^[\x21-\x7e]{1,200}$/);
      for (const tokens of [model.contextTokens, model.outputTokens]) {
        expect(tokens === null || (Number.isInteger(tokens) && tokens > 0 && tokens < 2 ** 31)).toBe(true);
      }
      for (const flag of [model.tools, model.reasoning]) expect([true, false, null]).toContain(flag);
      expect(model.displayName).not.toBe('');
      expect(model.price).toBeNull();
    }
  });

  it('names none that a chat could not', async () => {
    const bad = ['', ' ', 'a b', 'a\nb', 'a\u0000b', 'größe', 'x'.repeat(201), '\u202egnp', '\ud800'];
    answer([...bad, `good-${'x'.repeat(150)}`].map(named));
    expect((await list()).map((model) => model.id)).toEqual([`good-${'x'.repeat(150)}`]);
  });

  it('shows the key nowhere', async () => {
    const listed = [KEY, `of-${KEY}-x`, 'fine'].map((name) => ({
      ...{ displayName: `A ${KEY}`, display_name: `A ${KEY}`, description: KEY },
      ...(idField === 'name' ? {} : { name: `A ${KEY}` }),
      ...named(name),
    }));
    answer(listed);
    const models = await list();
    expect(models.map((model) => model.id)).toEqual(['fine']);
    expect(JSON.stringify(models)).not.toContain(KEY);
    expect([null, `A ${MASK}`]).toContain(models[0]!.displayName);
  });

  it('takes the first of several with one id', async () => {
    answer([named('twice'), named('twice'), named('other')]);
    expect((await list()).map((model) => model.id)).toEqual(['twice', 'other']);
  });

  it('takes so many and no more', async () => {
    answer(Array.from({ length: MAX_MODELS + 10 }, (_, index) => named(`model-${String(index)}`)));
    expect(await list()).toHaveLength(MAX_MODELS);
  });

  it.each([
    ['a list that is too large for a parser', `{"${field}":[${'{},'.repeat(100_000)}{}]}`],
    ['a list of too many bytes', `{"${field}":["${'x'.repeat(4 * 1024 * 1024)}"]}`],
    ['a list that is too deep', `{"${field}":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
  ])('gives up on %s', async (_, body) => {
    const failure = await failureOn(reply(toReply(200, body, 'application/json')));
    expect(failure.code).toBe('PROVIDER_UNAVAILABLE');
  });

  it.each(foreignAnswers)('takes nothing but the API for its word: %s', async (_, body, type) => {
    for (const status of [200, 404, 503]) {
      reported = [];
      const failure = await failureOn(reply(toReply(status, body, type)));
      expect(failure.code).toBe('PROVIDER_UNAVAILABLE');
    }
  });

  it.each([{}, { [field]: null }, { [field]: {} }])('takes no other JSON for a list: %j', async (body) => {
    expect((await failureOn(reply({ status: 200, body }))).code).toBe('PROVIDER_UNAVAILABLE');
  });

  it('knows a key that the provider rejects, and one that may not list', async () => {
    standIn().revokeKey(id, KEY);
    const failure = await failureOf(list());
    expect(failure).toMatchObject({ code: 'KEY_REJECTED' });
    expect(failure).not.toBeInstanceOf(KeyLacksRightError);
  });

  it.each([404, 405])('knows an API without the call, by the status %i', async (status) => {
    const body = { error: { message: `no route for ${KEY} temperature` } };
    expect(await failureOn(reply({ status, body }))).toMatchObject({
      code: 'PROVIDER_BAD_REQUEST',
      parameter: null,
    });
  });

  it.each([
    [
      'a failure of its own',
      reply({ status: 500, body: { error: { message: KEY } } }),
      'PROVIDER_UNAVAILABLE',
    ],
    ['a broken connection', cut(), 'PROVIDER_UNAVAILABLE'],
    ['a redirect', redirect('https://elsewhere.example/'), 'PROVIDER_UNAVAILABLE'],
  ])('knows %s', async (_, behaviour, code) => {
    expect((await failureOn(behaviour)).code).toBe(code);
  });

  it('does not wait for ever', async () => {
    expect((await failureOn(hang(), { firstByteTimeoutMs: 30 })).code).toBe('PROVIDER_TIMEOUT');
  });

  it('ends when its caller leaves, and its connection with it', async () => {
    const caller = new AbortController();
    standIn().once(id, hang());
    const listed = list(caller.signal);
    const exchange = await standIn().nextRequest(id);
    const reason = new Error('the client left');
    caller.abort(reason);
    expect(await failureOf(listed)).toBe(reason);
    expect(reported).toEqual([]);
    await exchange.closedByClient;
  });
});

describe('a list with pages', () => {
  const paged = [
    {
      id: 'ANTHROPIC',
      page: (name: string, next: unknown) => ({
        data: [{ id: name }],
        has_more: next !== null,
        last_id: next,
      }),
      place: 'after_id',
    },
    {
      id: 'GOOGLE',
      page: (name: string, next: unknown) => ({ models: [{ name: `models/${name}` }], nextPageToken: next }),
      place: 'pageToken',
    },
  ];
  const standIn = useStandIn();
  let connections: Connections;
  beforeEach(() => (connections = new Connections()));
  afterEach(() => connections.close());

  async function idsOf(id: string): Promise<string[]> {
    const entry = chat.find((candidate) => candidate.id === id)!;
    const api = addressOf(entry, standIn());
    const settings = { endpoints: { api }, firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000 };
    const adapter = new StreamingAdapter(entry.dialect, settings, connections.http, () => undefined);
    const key = Secret.fromText(KEY);
    const mask = new KeyMask(key, { mask: MASK, publicPrefixes: [] });
    return (await adapter.list(key, mask, new AbortController().signal)).map((model) => model.id);
  }

  describe.each(paged)('of $id', ({ id, page, place }) => {
    const answer = (name: string, next: unknown): void =>
      standIn().once(id, reply({ status: 200, body: page(name, next) }));

    it('is read to its last page, from the place that each names', async () => {
      answer('one', 'behind one&x=1');
      answer('two', 'behind two');
      answer('three', null);
      expect(await idsOf(id)).toEqual(['one', 'two', 'three']);
      expect(standIn().requests.map(({ query }) => query.get(place))).toEqual([
        null,
        'behind one&x=1',
        'behind two',
      ]);
    });

    it('ends after ten', async () => {
      for (let count = 0; count < 12; count += 1) answer(`model-${String(count)}`, 'on and on');
      expect(await idsOf(id)).toHaveLength(10);
      expect(standIn().requests).toHaveLength(10);
    });

    it.each([KEY, `behind ${KEY}`, 'x'.repeat(1_001), '\ud800', '', 7, {}, ['a']])(
      'ends where the place is none: %j',
      async (next) => {
        answer('one', next);
        expect(await idsOf(id)).toEqual(['one']);
        expect(standIn().requests).toHaveLength(1);
      },
    );
  });
});
