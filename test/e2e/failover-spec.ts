import { jest } from '@jest/globals';
import { anthropicErrors } from '../../demo/stand-in/anthropic-errors.mjs';
import { type Behaviour, cut, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { googleErrors } from '../../demo/stand-in/google-errors.mjs';
import { openaiErrors, openaiStreamErrors } from '../../demo/stand-in/openai-errors.mjs';
import { namedEvent } from '../../demo/stand-in/sse.mjs';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { chatCases } from '../contract/chat-adapter-cases.js';
import { numbersOf, numbersTo } from '../support/numbers.js';
import { CHAT, type ChatEventData, HELLO } from '../support/test-server.js';
import { bestOf } from '../support/timing.js';
import { useTestServer } from '../support/use-test-server.js';

const CHAT_PROVIDERS = ['OPENAI', 'ANTHROPIC', 'GOOGLE'];
const USER_KEY = 'key-of-alice-0123456789';
const SERVER_KEY = 'key-of-the-server-0123456789';
const DISABLE =
  'mutation ($keyId: ID!) { updateApiKey(input: { keyId: $keyId, enabled: false }) { apiKey { id } } }';
const AUDIT = `query ($chatId: ID) {
  auditEvents(first: 20, filter: { chatId: $chatId, kinds: [KEY_USED, CHAT_FINISHED] }) {
    edges { node { kind provider keySource keyId model outcome detail durationMs } }
  }
}`;

const rejected = reply(openaiErrors.badKey(USER_KEY));
const textEvent = (text: string) => chatCases[0]!.textEvent(text);
const reasoningEvent = namedEvent({
  type: 'response.reasoning_summary_text.delta',
  item_id: 'rs_0',
  output_index: 0,
  summary_index: 0,
  sequence_number: 3,
  delta: 'Let me think.',
});

/** A provider that is busy, and says for how long. */
const busyFor = (seconds: number): Behaviour => {
  const answer = openaiErrors.rateLimit(USER_KEY);
  return reply({ ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } });
};

describe('failover', () => {
  // The server has keys of its own throughout: a user's chat must never come to them.
  const server = useTestServer({
    OPENAI_API_KEY: SERVER_KEY,
    ANTHROPIC_API_KEY: SERVER_KEY,
    GOOGLE_GENERATIVE_AI_API_KEY: SERVER_KEY,
  });
  beforeEach(() => {
    for (const provider of CHAT_PROVIDERS) server().standIn.acceptKey(provider, SERVER_KEY);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const storeKeys = async (...providers: string[]): Promise<Record<string, string>> => {
    const keyIds: Record<string, string> = {};
    for (const provider of providers) keyIds[provider] = await server().storeKey('alice', provider, USER_KEY);
    return keyIds;
  };
  const chat = (input: Record<string, unknown> = {}) =>
    server().chatEvents('alice', { failover: true, ...input });
  const audit = async (chatId: string | null = null): Promise<Record<string, any>[]> => {
    const { auditEvents } = await server().query('alice', AUDIT, { chatId });
    return auditEvents.edges.map((edge: any) => edge.node as Record<string, any>).reverse();
  };
  /** The end of a chat that was left is written after the client has gone: asks again until it is there. */
  const auditOfEnded = async (): Promise<Record<string, any>[]> => {
    for (;;) {
      const rows = await audit();
      if (rows.some(({ kind }) => kind === 'CHAT_FINISHED')) return rows;
    }
  };
  const healths = async (): Promise<Record<string, string>> => {
    const { apiKeys } = await server().query('alice', '{ apiKeys { provider health } }');
    return Object.fromEntries(apiKeys.map(({ provider, health }: any) => [provider, health]));
  };
  const called = () => server().standIn.requests.map(({ provider }) => provider);
  const keysSent = () => new Set(server().standIn.requests.map(({ key }) => key));
  const namesOf = (events: readonly ChatEventData[]) =>
    events.map(({ __typename }) => __typename).filter((name) => name !== 'TextDelta');

  describe.each([
    ['KEY_REJECTED', rejected, 'REJECTED'],
    ['KEY_EXHAUSTED', reply(openaiErrors.quota(USER_KEY)), 'EXHAUSTED'],
    ['PROVIDER_RATE_LIMITED', busyFor(20), 'RATE_LIMITED'],
    ['PROVIDER_UNAVAILABLE', reply(openaiErrors.overloaded()), 'UNVERIFIED'],
    ['PROVIDER_UNAVAILABLE', cut(), 'UNVERIFIED'],
    ['PROVIDER_UNAVAILABLE', replay([openaiStreamErrors.error('server_error')]), 'UNVERIFIED'],
    ['PROVIDER_UNAVAILABLE', reply(openaiErrors.region()), 'UNVERIFIED'],
    // What stands in front of the provider says nothing about the key.
    ['PROVIDER_UNAVAILABLE', reply({ status: 403, body: '<title>Just a moment...</title>' }), 'UNVERIFIED'],
    ['PROVIDER_TIMEOUT', reply({ status: 408, body: {} }), 'UNVERIFIED'],
    ['PROVIDER_TRUNCATED', replay([': nothing yet\n\n'], { then: 'end' }), 'UNVERIFIED'],
    ['PROVIDER_TRUNCATED', replay(['data: {"type":'], { then: 'cut' }), 'UNVERIFIED'],
  ] as const)('after %s', (code, behaviour, health) => {
    it('answers by the next provider with a key, says why, and keeps account of both', async () => {
      const keyIds = await storeKeys('OPENAI', 'ANTHROPIC');
      server().standIn.once('OPENAI', behaviour);
      const events = await chat();
      expect(namesOf(events)).toEqual(['ChatStarted', 'ProviderSwitched', 'ChatCompleted']);
      expect(numbersOf(events)).toEqual(numbersTo(events.at(-1)));
      expect(events[0]).toMatchObject({ provider: 'OPENAI', keyId: keyIds.OPENAI });
      expect(events[1]).toMatchObject({
        provider: 'ANTHROPIC',
        model: expect.any(String),
        keySource: 'USER',
        keyId: keyIds.ANTHROPIC,
        maskedKey: expect.stringContaining('6789'),
        cause: { code },
      });
      expect(JSON.stringify(events)).not.toContain('key-of-alice');
      expect(called()).toEqual(['OPENAI', 'ANTHROPIC']);
      expect(keysSent()).toEqual(new Set([USER_KEY]));
      expect(await audit(events[0]!.chatId)).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI', keyId: keyIds.OPENAI, outcome: 'OK', detail: null },
        {
          kind: 'KEY_USED',
          provider: 'ANTHROPIC',
          keyId: keyIds.ANTHROPIC,
          model: events[1]!.model,
          outcome: 'OK',
          detail: `failover from OPENAI: ${code}`,
        },
        { kind: 'CHAT_FINISHED', provider: 'ANTHROPIC', keyId: keyIds.ANTHROPIC, outcome: 'OK' },
      ]);
      expect(await healths()).toEqual({ OPENAI: health, ANTHROPIC: 'VALID' });
    });
  });

  it.each<readonly [string, Behaviour]>([
    ['PROVIDER_BAD_REQUEST', reply(openaiErrors.badParameter('temperature'))],
    ['UNKNOWN_MODEL', reply(openaiErrors.unknownModel('gpt-0'))],
    ['PROVIDER_UNAVAILABLE', replay([openaiStreamErrors.error('something_new')])],
    ...['cyber_policy', 'content_policy_violation', 'invalid_prompt'].flatMap((refusal) =>
      [
        replay([openaiStreamErrors.error(refusal)]),
        replay([openaiStreamErrors.nestedError(refusal)]),
        replay([openaiStreamErrors.failed(refusal)]),
        reply({ status: 400, body: { error: { code: refusal, type: 'invalid_request' } } }),
        reply({ status: 403, body: { error: { code: refusal, type: 'invalid_request' } } }),
      ].map((behaviour) => ['PROVIDER_BAD_REQUEST', behaviour] as const),
    ),
  ])('does not move on after %s: the prompt stays where it was refused', async (code, behaviour) => {
    await storeKeys('OPENAI', 'ANTHROPIC');
    server().standIn.once('OPENAI', behaviour);
    const events = await chat();
    expect(namesOf(events)).toEqual(['ChatStarted', 'ChatFailed']);
    expect(events[1]).toMatchObject({ error: { code } });
    expect(called()).toEqual(['OPENAI']);
  });

  it.each([
    ['a refusal', 'CHAT_COMPLETED', { then: 'end' }],
    ['a refusal that is cut', 'PROVIDER_TRUNCATED', { then: 'cut' }],
  ] as const)('does not move on after %s', async (_, ending, { then }) => {
    await storeKeys('ANTHROPIC', 'GOOGLE');
    const refusal = namedEvent({ type: 'message_delta', delta: { stop_reason: 'refusal' } });
    const events = then === 'end' ? [refusal, namedEvent({ type: 'message_stop' })] : [refusal];
    server().standIn.once('ANTHROPIC', replay(events, { then }));
    const last = (await chat()).at(-1);
    expect(last).toMatchObject(
      ending === 'CHAT_COMPLETED'
        ? { __typename: 'ChatCompleted', finishReason: 'CONTENT_FILTER' }
        : { __typename: 'ChatFailed', error: { code: ending } },
    );
    expect(called()).toEqual(['ANTHROPIC']);
  });

  it.each([
    ['text', textEvent('A word')],
    ['reasoning', reasoningEvent],
  ])('does not move on after %s', async (_, event) => {
    await storeKeys('OPENAI', 'ANTHROPIC');
    server().standIn.once('OPENAI', replay([event, openaiStreamErrors.error('server_error')]));
    const events = await chat();
    expect(events).toHaveLength(3);
    expect(events[2]).toMatchObject({ __typename: 'ChatFailed', error: { code: 'PROVIDER_UNAVAILABLE' } });
    expect(called()).toEqual(['OPENAI']);
  });

  it.each([{}, { failover: false }, { failover: null }])('does not move on unasked: %j', async (input) => {
    await storeKeys('OPENAI', 'ANTHROPIC');
    server().standIn.once('OPENAI', rejected);
    const events = await server().chatEvents('alice', input);
    expect(namesOf(events)).toEqual(['ChatStarted', 'ChatFailed']);
    expect(called()).toEqual(['OPENAI']);
  });

  it('tries all that are left, in their order, and fails with the last failure', async () => {
    const keyIds = await storeKeys(...CHAT_PROVIDERS);
    server().standIn.once('OPENAI', rejected);
    server().standIn.once('ANTHROPIC', reply(anthropicErrors.overloaded()));
    server().standIn.once('GOOGLE', reply(googleErrors.quota(USER_KEY)));
    const events = await chat();
    expect(events).toMatchObject([
      { __typename: 'ChatStarted', provider: 'OPENAI' },
      { __typename: 'ProviderSwitched', provider: 'ANTHROPIC', cause: { code: 'KEY_REJECTED' } },
      { __typename: 'ProviderSwitched', provider: 'GOOGLE', cause: { code: 'PROVIDER_UNAVAILABLE' } },
      { __typename: 'ChatFailed', error: { code: 'KEY_EXHAUSTED' } },
    ]);
    expect(called()).toEqual(CHAT_PROVIDERS);
    expect(await audit(events[0]!.chatId)).toMatchObject([
      { kind: 'KEY_USED', provider: 'OPENAI', detail: null },
      { kind: 'KEY_USED', provider: 'ANTHROPIC', detail: 'failover from OPENAI: KEY_REJECTED' },
      { kind: 'KEY_USED', provider: 'GOOGLE', detail: 'failover from ANTHROPIC: PROVIDER_UNAVAILABLE' },
      { kind: 'CHAT_FINISHED', provider: 'GOOGLE', keyId: keyIds.GOOGLE, outcome: 'KEY_EXHAUSTED' },
    ]);
    expect(await healths()).toEqual({ OPENAI: 'REJECTED', ANTHROPIC: 'UNVERIFIED', GOOGLE: 'EXHAUSTED' });
  });

  describe('from a named provider', () => {
    it('goes on from there, and never back', async () => {
      await storeKeys(...CHAT_PROVIDERS);
      server().standIn.once('ANTHROPIC', reply(anthropicErrors.badKey(USER_KEY)));
      server().standIn.once('GOOGLE', reply(googleErrors.overloaded()));
      const events = await chat({ provider: 'ANTHROPIC' });
      expect(namesOf(events)).toEqual(['ChatStarted', 'ProviderSwitched', 'ChatFailed']);
      expect(called()).toEqual(['ANTHROPIC', 'GOOGLE']);
    });

    it('goes nowhere from the last one', async () => {
      await storeKeys(...CHAT_PROVIDERS);
      server().standIn.once('GOOGLE', reply(googleErrors.badKey(USER_KEY)));
      expect(namesOf(await chat({ provider: 'GOOGLE' }))).toEqual(['ChatStarted', 'ChatFailed']);
      expect(called()).toEqual(['GOOGLE']);
      expect(await healths()).toMatchObject({ GOOGLE: 'REJECTED' });
    });
  });

  it("asks the next provider for its default model, not for the first one's", async () => {
    await storeKeys('OPENAI', 'ANTHROPIC');
    server().standIn.once('OPENAI', rejected);
    const [started, switched] = await chat({ model: 'gpt-of-my-own' });
    const { providers } = await server().query('alice', '{ providers { provider defaultModel } }');
    const { defaultModel } = providers.find(({ provider }: any) => provider === 'ANTHROPIC');
    expect(started).toMatchObject({ model: 'gpt-of-my-own' });
    expect(switched).toMatchObject({ provider: 'ANTHROPIC', model: defaultModel });
    expect(server().standIn.requests.map(({ body }) => body.model)).toEqual(['gpt-of-my-own', defaultModel]);
    expect((await audit()).map(({ model }) => model)).toEqual(['gpt-of-my-own', defaultModel, defaultModel]);
  });

  describe('who pays', () => {
    it("a user's chat never comes to the server's keys", async () => {
      await storeKeys('OPENAI');
      server().standIn.once('OPENAI', rejected);
      const events = await chat();
      expect(events[1]).toMatchObject({ __typename: 'ChatFailed', error: { code: 'KEY_REJECTED' } });
      expect(keysSent()).toEqual(new Set([USER_KEY]));
      expect(called()).toEqual(['OPENAI']);
    });

    it("a chat with the server's key goes on with the server's only, also where the user has stored keys", async () => {
      await storeKeys('ANTHROPIC', 'GOOGLE');
      server().standIn.once('OPENAI', reply(openaiErrors.badKey(SERVER_KEY)));
      const events = await chat({ provider: 'OPENAI' });
      expect(events[0]).toMatchObject({ provider: 'OPENAI', keySource: 'SERVER', keyId: null });
      expect(events[1]).toMatchObject({
        __typename: 'ProviderSwitched',
        provider: 'ANTHROPIC',
        keySource: 'SERVER',
        keyId: null,
        maskedKey: null,
      });
      expect(keysSent()).toEqual(new Set([SERVER_KEY]));
      expect(await audit(events[0]!.chatId)).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI', keySource: 'SERVER' },
        { kind: 'KEY_USED', provider: 'ANTHROPIC', keySource: 'SERVER', keyId: null },
        { kind: 'CHAT_FINISHED', provider: 'ANTHROPIC', keySource: 'SERVER', outcome: 'OK' },
      ]);
      expect(await healths()).toEqual({ ANTHROPIC: 'UNVERIFIED', GOOGLE: 'UNVERIFIED' });
    });
  });

  describe('the next key', () => {
    it('is that of the provider after, where one has none or a disabled one', async () => {
      const { ANTHROPIC } = await storeKeys(...CHAT_PROVIDERS);
      await server().query('alice', DISABLE, { keyId: ANTHROPIC });
      server().standIn.once('OPENAI', rejected);
      expect((await chat())[1]).toMatchObject({ __typename: 'ProviderSwitched', provider: 'GOOGLE' });
      expect(called()).toEqual(['OPENAI', 'GOOGLE']);
    });

    it('ends the chat where it cannot be read: nothing else is spent in its place', async () => {
      const keyIds = await storeKeys(...CHAT_PROVIDERS);
      await server().app.get(DatabaseService).client.$executeRaw`
        UPDATE sealed_keys SET envelope = overlay(envelope placing 'AAAA' from 40)
        WHERE key_id = ${keyIds.ANTHROPIC}::uuid`;
      server().standIn.once('OPENAI', rejected);
      const events = await chat();
      expect(namesOf(events)).toEqual(['ChatStarted', 'ChatFailed']);
      expect(events[1]).toMatchObject({ error: { code: 'KEY_UNREADABLE' } });
      expect(called()).toEqual(['OPENAI']);
      expect(await audit(events[0]!.chatId)).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI', outcome: 'OK' },
        {
          kind: 'KEY_USED',
          provider: 'ANTHROPIC',
          keyId: keyIds.ANTHROPIC,
          outcome: 'KEY_UNREADABLE',
          detail: 'failover from OPENAI: KEY_REJECTED',
        },
        { kind: 'CHAT_FINISHED', provider: 'OPENAI', outcome: 'KEY_UNREADABLE' },
      ]);
      expect(await healths()).toEqual({ OPENAI: 'REJECTED', ANTHROPIC: 'UNREADABLE', GOOGLE: 'UNVERIFIED' });
    });

    it('is not used where it is disabled between its look-up and its use', async () => {
      const { ANTHROPIC } = await storeKeys(...CHAT_PROVIDERS);
      const begin = holdSecondUse(() => server().query('alice', DISABLE, { keyId: ANTHROPIC }));
      server().standIn.once('OPENAI', rejected);
      expect((await chat())[1]).toMatchObject({ __typename: 'ProviderSwitched', provider: 'GOOGLE' });
      expect(begin).toHaveBeenCalledTimes(3);
      expect((await audit()).filter(({ provider }) => provider === 'ANTHROPIC')).toEqual([]);
    });

    it.each(['recordFailure', 'begin'] as const)(
      'is not used where the database is away: %s',
      async (method) => {
        await storeKeys('OPENAI', 'ANTHROPIC');
        const uses = server().app.get(KeyUseService);
        if (method === 'begin') holdSecondUse(() => Promise.reject(new DatabaseUnavailableError()));
        else jest.spyOn(uses, method).mockRejectedValue(new DatabaseUnavailableError());
        server().standIn.once('OPENAI', rejected);
        const events = await chat();
        expect(namesOf(events)).toEqual(['ChatStarted', 'ChatFailed']);
        expect(events[1]).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
        expect(called()).toEqual(['OPENAI']);
      },
    );
  });

  /** Does something when the second key is open, before its use is written down. */
  function holdSecondUse(work: () => Promise<unknown>) {
    const uses = server().app.get(KeyUseService);
    const begin = uses.begin.bind(uses);
    let count = 0;
    return jest.spyOn(uses, 'begin').mockImplementation(async (...args) => {
      count += 1;
      if (count === 2) await work();
      await begin(...args);
    });
  }

  describe('a chat that is left', () => {
    /** Leaves a chat when it has come to a certain point; what waits there goes on afterwards. */
    async function leaveAt(point: { reached: Promise<unknown>; goOn: () => void }) {
      const socket = await server().socket();
      await socket.init('alice');
      socket.subscribe('1', CHAT, { input: { messages: HELLO, failover: true } });
      await point.reached;
      socket.send({ id: '1', type: 'complete' });
      socket.send({ type: 'ping' });
      // The server hears a client in order: when it answers the ping, it knows that the client has left.
      while ((await socket.next()).type !== 'pong');
      point.goOn();
    }

    function holdAt(method: 'begin' | 'recordFailure') {
      let goOn = (): void => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      const uses = server().app.get(KeyUseService);
      const reached = new Promise<void>((resolve) => {
        const hold = () => {
          resolve();
          return held;
        };
        if (method === 'begin') holdSecondUse(hold);
        else jest.spyOn(uses, method).mockImplementation(hold);
      });
      return { reached, goOn };
    }

    it('while the failure is written down uses no further key', async () => {
      await storeKeys('OPENAI', 'ANTHROPIC');
      server().standIn.once('OPENAI', rejected);
      const begin = jest.spyOn(server().app.get(KeyUseService), 'begin');
      await leaveAt(holdAt('recordFailure'));
      expect(await auditOfEnded()).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI' },
        { kind: 'CHAT_FINISHED', provider: 'OPENAI', outcome: 'CANCELLED' },
      ]);
      expect(begin).toHaveBeenCalledTimes(1);
      expect(called()).toEqual(['OPENAI']);
    });

    it('while the use of the next key is written down does not call its provider', async () => {
      await storeKeys('OPENAI', 'ANTHROPIC');
      server().standIn.once('OPENAI', rejected);
      await leaveAt(holdAt('begin'));
      expect(await auditOfEnded()).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI' },
        { kind: 'KEY_USED', provider: 'ANTHROPIC' },
        { kind: 'CHAT_FINISHED', provider: 'ANTHROPIC', outcome: 'CANCELLED' },
      ]);
      expect(called()).toEqual(['OPENAI']);
    });

    it('while the next provider is silent stops it', async () => {
      await storeKeys('OPENAI', 'ANTHROPIC');
      server().standIn.once('OPENAI', rejected);
      server().standIn.once('ANTHROPIC', (exchange) => exchange.closedByClient);
      const request = server().standIn.nextRequest('ANTHROPIC');
      await leaveAt({ reached: request, goOn: () => undefined });
      await (
        await request
      ).closedByClient;
      expect((await auditOfEnded()).at(-1)).toMatchObject({ provider: 'ANTHROPIC', outcome: 'CANCELLED' });
    });
  });
});

describe('a provider that is busy for a moment', () => {
  const server = useTestServer();
  const chat = (input: Record<string, unknown> = {}) => server().chatEvents('alice', input);
  const called = () => server().standIn.requests.map(({ provider }) => provider);

  beforeEach(async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
  });

  const overloadedFor = (seconds: number): Behaviour =>
    reply({ ...openaiErrors.overloaded(), headers: { 'retry-after': String(seconds) } });

  it.each([
    ['429', busyFor(0)],
    ['503', overloadedFor(0)],
  ])(
    'is asked again after a %s with a short retry-after, with nothing to see of it',
    async (_, behaviour) => {
      server().standIn.once('OPENAI', behaviour);
      const events = await chat();
      expect(events[0]).toMatchObject({ __typename: 'ChatStarted' });
      expect(events[1]).toMatchObject({ __typename: 'TextDelta', seq: 2 });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect(called()).toEqual(['OPENAI', 'OPENAI']);
      const { auditEvents } = await server().query('alice', AUDIT);
      expect(auditEvents.edges.map((edge: any) => edge.node.kind)).toEqual(['CHAT_FINISHED', 'KEY_USED']);
    },
  );

  it('is asked again after the time that it names', async () => {
    server().standIn.once('OPENAI', busyFor(1));
    const { timings } = (await chat()).at(-1) as any;
    expect(timings.totalMs).toBeGreaterThanOrEqual(1_000);
    expect(timings.timeToFirstTokenMs).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['names a long time', busyFor(20)],
    ['names none', reply(openaiErrors.overloaded())],
  ])('is not asked again where it %s', async (_, behaviour) => {
    server().standIn.once('OPENAI', behaviour);
    expect((await chat()).at(-1)).toMatchObject({ __typename: 'ChatFailed', error: { retryable: true } });
    expect(called()).toEqual(['OPENAI']);
  });

  it('is asked again once only', async () => {
    server().standIn.once('OPENAI', busyFor(0));
    server().standIn.once('OPENAI', busyFor(0));
    expect((await chat()).at(-1)).toMatchObject({ error: { code: 'PROVIDER_RATE_LIMITED' } });
    expect(called()).toEqual(['OPENAI', 'OPENAI']);
  });

  it('is asked again before another one is, each once, with failover', async () => {
    await server().storeKey('alice', 'ANTHROPIC', USER_KEY);
    const busy = reply({ ...anthropicErrors.rateLimit(USER_KEY), headers: { 'retry-after': '0' } });
    for (const _ of [1, 2]) {
      server().standIn.once('OPENAI', busyFor(0));
      server().standIn.once('ANTHROPIC', busy);
    }
    const events = await chat({ failover: true });
    expect(events).toMatchObject([
      { __typename: 'ChatStarted' },
      { __typename: 'ProviderSwitched', cause: { code: 'PROVIDER_RATE_LIMITED', retryAfterMs: 0 } },
      { __typename: 'ChatFailed', error: { code: 'PROVIDER_RATE_LIMITED', retryAfterMs: 0 } },
    ]);
    expect(called()).toEqual(['OPENAI', 'OPENAI', 'ANTHROPIC', 'ANTHROPIC']);
  });

  it('is asked no more where the chat is left meanwhile, which ends the wait at once', async () => {
    const LONGEST_WAIT_MS = 5_000;
    let attempts = 0;
    const best = await bestOf(5, LONGEST_WAIT_MS, async () => {
      attempts += 1;
      server().standIn.once('OPENAI', busyFor(LONGEST_WAIT_MS / 1_000));
      const request = server().standIn.nextRequest('OPENAI');
      const events = await server().chat('alice', {});
      await events.next();
      const exchange = await request;
      // Its refusal has been sent, so it has been read by the time that another request is answered.
      while (exchange.isOpen) await server().query('alice', '{ viewer { id } }');
      await server().query('alice', '{ viewer { id } }');
      await events.return?.();
      let finished: any[];
      do {
        const { auditEvents } = await server().query('alice', AUDIT);
        finished = auditEvents.edges.filter((edge: any) => edge.node.kind === 'CHAT_FINISHED');
      } while (finished.length < attempts);
      expect(finished[0].node).toMatchObject({ outcome: 'CANCELLED' });
      return finished[0].node.durationMs as number;
    });
    expect(best).toBeLessThan(LONGEST_WAIT_MS);
    expect(called()).toEqual(Array.from({ length: attempts }, () => 'OPENAI'));
  });
});
