import { inspect } from 'node:util';
import { cut, hang, redirect, reply, type Behaviour } from '../../demo/stand-in/behaviours.mjs';
import { anthropicErrors } from '../../demo/stand-in/anthropic-errors.mjs';
import { braveErrors } from '../../demo/stand-in/brave.mjs';
import { customErrors } from '../../demo/stand-in/custom.mjs';
import { deepseekErrors } from '../../demo/stand-in/deepseek.mjs';
import { firecrawlErrors } from '../../demo/stand-in/firecrawl.mjs';
import { googleErrors } from '../../demo/stand-in/google-errors.mjs';
import { groqErrors } from '../../demo/stand-in/groq.mjs';
import { mistralErrors } from '../../demo/stand-in/mistral.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { openrouterErrors } from '../../demo/stand-in/openrouter.mjs';
import { serperErrors } from '../../demo/stand-in/serper.mjs';
import { tavilyErrors } from '../../demo/stand-in/tavily.mjs';
import { xaiErrors } from '../../demo/stand-in/xai.mjs';
import type { ProviderSettings } from '../../src/common/provider-definition.js';
import { Secret } from '../../src/common/secret.js';
import { type KeyCheck, toKeyCheck } from '../../src/outbound/key-check.js';
import { StreamingAdapter } from '../../src/providers/chat/streaming-adapter.js';
import type { ProviderEntry } from '../../src/providers/registry/provider-ids.js';
import { registry } from '../../src/providers/registry/registry.js';
import { failureOf } from '../support/collect.js';
import { useStandIn } from '../support/stand-in.js';
import { Connections } from './connections.js';
import { foreignAnswers, toReply } from './not-the-apis-answer.js';

const KEY = 'sk-a-key-that-must-not-travel';

type Answer = Parameters<typeof reply>[0];

interface CheckCase {
  readonly id: ProviderEntry['id'];
  /** The call that it makes. */
  readonly request: string;
  readonly exhausted: readonly Answer[];
  readonly rateLimited: Answer;
  /** What the API answers with the status 200, and what says nothing of the key: something else answers there. */
  readonly strange: readonly unknown[];
  /** What says that the key may not make this very call. */
  readonly lacksRight: readonly Answer[];
}

const openaiError = (status: number, error: object): Answer => ({ status, body: { error } });
const missingScopes =
  'You have insufficient permissions for this operation. Missing scopes: api.model.read. Check that you have the correct role.';

const cases: readonly CheckCase[] = [
  {
    id: 'OPENAI',
    request: 'GET /v1/models',
    exhausted: [openaiErrors.quota(KEY)],
    rateLimited: openaiErrors.rateLimit(KEY),
    strange: [{}, { data: 'models' }, { models: [] }],
    lacksRight: [
      openaiError(403, { message: missingScopes, type: 'invalid_request_error', param: null, code: null }),
      openaiError(401, { message: missingScopes, type: 'invalid_request_error', code: 'missing_scope' }),
      openaiError(401, { message: missingScopes, type: 'invalid_request_error', code: null }),
    ],
  },
  {
    id: 'ANTHROPIC',
    request: 'GET /v1/models?limit=1',
    exhausted: [anthropicErrors.billing(), anthropicErrors.credit(KEY)],
    rateLimited: anthropicErrors.rateLimit(KEY),
    strange: [{}, { data: null }],
    lacksRight: [anthropicErrors.permission()],
  },
  {
    id: 'GOOGLE',
    request: 'GET /v1beta/models?pageSize=1',
    exhausted: [{ status: 403, body: { error: { code: 403, details: [{ reason: 'BILLING_DISABLED' }] } } }],
    rateLimited: googleErrors.rateLimit(KEY),
    strange: [{}, { models: {} }, { data: [] }],
    lacksRight: [
      { status: 403, body: { error: { code: 403, message: 'Blocked.', status: 'PERMISSION_DENIED' } } },
    ],
  },
  {
    id: 'OPENROUTER',
    // It lists models to everybody.
    request: 'GET /v1/key',
    exhausted: [
      openrouterErrors.credit(KEY),
      openrouterErrors.keyLimit(),
      ...[0, -0.01].map((limit_remaining) => ({
        status: 200,
        body: { data: { usage: 5, limit: 5, limit_remaining } },
      })),
    ],
    rateLimited: openrouterErrors.rateLimit(KEY),
    strange: [{}, { data: [] }, { data: { label: 'sk-or-v1-…' } }],
    lacksRight: [],
  },
  {
    id: 'GROQ',
    request: 'GET /v1/models',
    exhausted: [groqErrors.spent(KEY)],
    rateLimited: groqErrors.rateLimit(KEY),
    strange: [{}, { data: 'models' }],
    lacksRight: [{ status: 403, body: { error: { message: 'Forbidden', type: 'permissions_error' } } }],
  },
  {
    id: 'XAI',
    request: 'GET /v1/language-models',
    exhausted: [xaiErrors.noCredit(KEY), xaiErrors.spent()],
    rateLimited: xaiErrors.rateLimit(KEY),
    strange: [{}, { data: [] }],
    lacksRight: [xaiErrors.permission()],
  },
  {
    id: 'DEEPSEEK',
    request: 'GET /models',
    exhausted: [deepseekErrors.balance()],
    rateLimited: deepseekErrors.rateLimit(KEY),
    strange: [{}, { data: null }],
    lacksRight: [],
  },
  {
    id: 'MISTRAL',
    request: 'GET /v1/models',
    exhausted: [mistralErrors.spent(KEY)],
    rateLimited: mistralErrors.rateLimit(KEY),
    strange: [{}, { data: {} }],
    lacksRight: [{ status: 403, body: { detail: 'Forbidden' } }],
  },
  {
    id: 'CUSTOM',
    request: 'GET /models',
    exhausted: [customErrors.spent(KEY)],
    rateLimited: customErrors.rateLimit(KEY),
    strange: [{}, { data: null }, { models: [] }],
    lacksRight: [customErrors.forbidden()],
  },
  {
    id: 'FIRECRAWL',
    request: 'GET /v2/team/credit-usage',
    exhausted: [
      firecrawlErrors.exhausted(KEY),
      { status: 200, body: { success: true, data: { remainingCredits: 0, planCredits: 500 } } },
    ],
    rateLimited: firecrawlErrors.rateLimit(KEY),
    strange: [{}, { success: true, data: {} }, { data: { remainingCredits: '12' } }],
    lacksRight: [],
  },
  {
    id: 'BRAVE',
    request: 'GET /res/v1/web/search',
    exhausted: [braveErrors.exhausted(KEY)],
    rateLimited: braveErrors.rateLimit(KEY),
    strange: [{}, { type: 'page' }],
    lacksRight: [],
  },
  {
    id: 'TAVILY',
    request: 'GET /usage',
    exhausted: [
      tavilyErrors.exhausted(KEY),
      { status: 200, body: { key: { usage: 1_000, limit: 1_000 }, account: {} } },
      {
        status: 200,
        body: {
          key: { usage: 7, limit: null },
          account: { plan_usage: 1_200, plan_limit: 1_000, paygo_usage: 5, paygo_limit: 5 },
        },
      },
    ],
    rateLimited: tavilyErrors.rateLimit(KEY),
    strange: [{}, { key: {} }, { key: { usage: 'much' } }],
    lacksRight: [],
  },
  {
    id: 'SERPER',
    request: 'GET /account',
    exhausted: [serperErrors.exhausted(KEY), { status: 200, body: { balance: 0, rateLimit: 5 } }],
    rateLimited: serperErrors.rateLimit(KEY),
    strange: [{}, { balance: null }],
    lacksRight: [],
  },
];

it('covers every provider of the registry', () => {
  expect(cases.map(({ id }) => id)).toEqual(registry.map(({ id }) => id));
});

describe.each(cases)(
  'trying a key of $id',
  ({ id, request, exhausted, rateLimited, strange, lacksRight }) => {
    const entry = registry.find((candidate) => candidate.id === id)!;
    const standIn = useStandIn();
    let connections: Connections;

    beforeEach(() => {
      connections = new Connections();
      standIn().acceptKey(id, KEY);
    });
    afterEach(() => connections.close());

    function check(
      signal = new AbortController().signal,
      limits: Partial<ProviderSettings> = {},
    ): Promise<KeyCheck> {
      const addresses = standIn().environment();
      const endpoints = Object.fromEntries(
        Object.entries(entry.environment?.endpoints ?? { api: { variable: 'CUSTOM_BASE_URL' } }).map(
          ([name, { variable }]) => [name, addresses[variable] ?? ''],
        ),
      );
      const settings = { endpoints, firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000, ...limits };
      const secret = Secret.fromText(KEY);
      if (entry.kind === 'CHAT') {
        const outbound = connections.to(entry, endpoints.api ?? '');
        return new StreamingAdapter(entry.dialect, settings, outbound, () => undefined).check(secret, signal);
      }
      const engine = entry.createAdapter(settings, connections.http);
      return toKeyCheck(() => engine.check(secret, signal), signal);
    }

    async function checkWith(
      behaviour: Behaviour,
      limits: Partial<ProviderSettings> = {},
    ): Promise<KeyCheck> {
      standIn().once(id, behaviour);
      const result = await check(undefined, limits);
      // Providers echo the key, and whatever they say is theirs.
      expect(inspect(result)).not.toContain(KEY);
      return result;
    }

    it('makes one call, which names no model, and says what it proves', async () => {
      expect(await check()).toEqual({
        health: 'VALID',
        reason: expect.stringContaining('accepted it'),
        outcome: 'OK',
      });
      const [asked, ...others] = standIn().requests;
      expect(others).toEqual([]);
      expect(`${asked!.method} ${asked!.path.replace(/\?q=.*/, '')}`).toBe(request);
      expect(asked!.key).toBe(KEY);
      expect(asked!.path).not.toContain(KEY);
    });

    it('knows a key that the provider rejects', async () => {
      standIn().revokeKey(id, KEY);
      const result = await check();
      expect(result).toEqual({
        health: 'REJECTED',
        reason: 'The provider refused it.',
        outcome: 'KEY_REJECTED',
      });
    });

    it.each(exhausted)('knows spent credit (%#)', async (answer) => {
      expect(await checkWith(reply(answer))).toMatchObject({ health: 'EXHAUSTED', outcome: 'KEY_EXHAUSTED' });
    });

    it('knows a limit of its rate', async () => {
      const result = await checkWith(reply(rateLimited));
      expect(result).toMatchObject({ health: 'RATE_LIMITED', outcome: 'PROVIDER_RATE_LIMITED' });
    });

    it.each(foreignAnswers)(
      'takes nothing but the API for its word: %s, with any status',
      async (_, body, type) => {
        for (const status of [200, 401, 403, 429, 503]) {
          expect(await checkWith(reply(toReply(status, body, type)))).toMatchObject({ health: null });
        }
      },
    );

    it.each(strange)('takes no other JSON for proof: %j', async (body) => {
      const result = await checkWith(reply({ status: 200, body }));
      expect(result).toMatchObject({ health: null, outcome: 'PROVIDER_UNAVAILABLE' });
    });

    if (lacksRight.length > 0) {
      it.each(lacksRight)('holds nothing against a key that may not make this call (%#)', async (answer) => {
        const result = await checkWith(reply(answer));
        expect(result).toMatchObject({
          health: null,
          reason: expect.stringContaining('proves nothing against it'),
        });
      });
    }

    it.each([
      ['a path that is not there', reply({ status: 404, body: { error: { message: 'Not found' } } })],
      [
        'a failure of its own',
        reply({ status: 500, body: { error: { message: 'Oops: 401 for model x-401-403' } } }),
      ],
      ['a broken connection', cut()],
      ['a redirect', redirect('https://elsewhere.example/')],
    ])('learns nothing from %s', async (_, behaviour) => {
      expect(await checkWith(behaviour)).toMatchObject({ health: null });
    });

    it('learns nothing from silence', async () => {
      const result = await checkWith(hang(), { firstByteTimeoutMs: 30 });
      expect(result).toMatchObject({ health: null, outcome: 'PROVIDER_TIMEOUT' });
    });

    it('ends when its caller leaves, and its connection with it', async () => {
      const caller = new AbortController();
      standIn().once(id, hang());
      const checked = check(caller.signal);
      const exchange = await standIn().nextRequest(id);
      const reason = new Error('the client left');
      caller.abort(reason);
      expect(await failureOf(checked)).toBe(reason);
      await exchange.closedByClient;
    });
  },
);
