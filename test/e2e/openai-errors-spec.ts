import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import OpenAI from 'openai';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { OpenTokens } from '../../src/auth/open-tokens.js';
import { Limits } from '../../src/limits/limits.service.js';
import { AnswerStreams } from '../../src/openai-door/answer/answer-streams.js';
import { createToken, revokeToken } from '../support/access-tokens.js';
import { openaiClient } from '../support/openai-client.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { signToken, tokenOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const PATH = '/v1/chat/completions';
const ask = (more: Partial<ChatCompletionCreateParams> = {}): any => ({
  model: 'openai/some-model',
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
});

const failureOf = (answer: PromiseLike<unknown>): Promise<any> =>
  Promise.resolve(answer).then(
    () => null,
    (reason: unknown) => reason,
  );

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('what fails, to a client of OpenAI’s,', () => {
  const server = useTestServer({
    CHAT_DISCONNECT_GRACE_MS: '600000',
    CHAT_FIRST_BYTE_TIMEOUT_MS: '300',
    MAX_BODY_BYTES: '100000',
    ALLOWED_ORIGINS: 'https://app.example',
  });
  let openai: OpenAI;
  beforeEach(async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    openai = await openaiClient(server(), 'alice');
  });

  const post = async (body: unknown, headers: Record<string, string> = {}, path = PATH) =>
    fetch(`${server().url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('alice')}`,
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const toOpenAI = (reply: { status: number; headers?: any; body?: unknown }) =>
    server().standIn.once('OPENAI', (exchange) => exchange.reply(reply));
  const repeatedly = (reply: { status: number; headers?: any; body?: unknown }) => {
    // Keystream itself asks twice before it gives up.
    for (let time = 0; time < 4; time += 1) toOpenAI(reply);
  };

  describe.each([false, true])('with stream: %s', (stream) => {
    const create = (more: Partial<ChatCompletionCreateParams> = {}, options = {}) =>
      openai.chat.completions.create(ask({ stream, ...more }), options);

    it.each([
      ['a refused key', 403, 'KEY_REJECTED', OpenAI.PermissionDeniedError, openaiErrors.badKey(KEY), 'false'],
      ['a spent key', 403, 'KEY_EXHAUSTED', OpenAI.PermissionDeniedError, openaiErrors.quota(KEY), 'false'],
      [
        'an unknown model',
        404,
        'UNKNOWN_MODEL',
        OpenAI.NotFoundError,
        openaiErrors.unknownModel('x'),
        'false',
      ],
      [
        'a refused request',
        400,
        'PROVIDER_BAD_REQUEST',
        OpenAI.BadRequestError,
        { status: 400, body: {} },
        'false',
      ],
      [
        'a limit of the provider’s',
        429,
        'PROVIDER_RATE_LIMITED',
        OpenAI.RateLimitError,
        openaiErrors.rateLimit(KEY),
        'true',
      ],
      [
        'a provider that is down',
        502,
        'PROVIDER_UNAVAILABLE',
        OpenAI.InternalServerError,
        { status: 503, body: {} },
        'true',
      ],
    ] as const)('%s is %i %s', async (_, status, code, errorClass, reply, shouldRetry) => {
      repeatedly(reply);
      const error = await failureOf(create());
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({ status, code, param: null, type: expect.any(String) });
      expect(error.headers.get('x-should-retry')).toBe(shouldRetry);
      expect(error.headers.get('x-request-id')).toBe(error.requestID);
      expect(JSON.stringify(error)).not.toContain(KEY);
    });

    it('a parameter that the provider does not take is named as the request has it', async () => {
      repeatedly(openaiErrors.badParameter('max_output_tokens'));
      const error = await failureOf(create({ max_completion_tokens: 7 }));
      expect(error).toMatchObject({ status: 400, param: 'max_completion_tokens' });
      expect(error.message).toContain('the value of max_completion_tokens');
    });

    it('the time to wait comes in both headers', async () => {
      repeatedly(openaiErrors.rateLimit(KEY));
      const { headers } = await failureOf(create());
      expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual(['20', '20000']);
    });

    it('a silent provider is 504', async () => {
      server().standIn.once('OPENAI', hang());
      const error = await failureOf(create());
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
      expect(error).toMatchObject({ status: 504, code: 'PROVIDER_TIMEOUT' });
    });

    it('no key is 403', async () => {
      const error = await failureOf(create({ model: 'anthropic/x' }));
      expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
      expect(error).toMatchObject({ status: 403, code: 'NO_KEY_AVAILABLE' });
    });

    it('an Idempotency-Key begins another chat for a client that has left the first', async () => {
      const headers = { 'Idempotency-Key': `left ${String(stream)}` };
      const leaving = new AbortController();
      const asked = server().standIn.nextRequest('OPENAI');
      server().standIn.once('OPENAI', hang());
      const left = failureOf(create({}, { headers, signal: leaving.signal }));
      const exchange = await asked;
      leaving.abort();
      await exchange.closedByClient;
      await left;
      const again: any = await create({}, { headers });
      if (stream) expect(await allOf(again)).not.toHaveLength(0);
      else expect(again.choices).toHaveLength(1);
      expect(server().standIn.requests).toHaveLength(2);
    });

    it('an Idempotency-Key names one chat, and no other', async () => {
      const idempotencyKey = `a request ${String(stream)}`;
      const textOf = async (answer: any): Promise<string> => {
        if (!stream) return `${String(answer.id)} ${String(answer.choices[0].message.content)}`;
        const chunks = await allOf<any>(answer);
        return `${String(chunks[0].id)} ${chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')}`;
      };
      const headers = { 'Idempotency-Key': idempotencyKey };
      const first = await textOf(await create({}, { headers }));
      expect(await textOf(await create({}, { headers }))).toBe(first);
      expect(server().standIn.requests).toHaveLength(1);
      const error = await failureOf(create({ temperature: 0.5 }, { headers }));
      expect(error).toBeInstanceOf(OpenAI.ConflictError);
      expect(error).toMatchObject({ status: 409, code: 'CONFLICT' });
      expect(error.message).toContain('Idempotency-Key');
      expect(error.headers.get('x-should-retry')).toBe('false');
      const long = await failureOf(create({}, { headers: { 'Idempotency-Key': 'x'.repeat(201) } }));
      expect(long).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', param: 'Idempotency-Key' });
    });

    it('a revoked access token ends what it began', async () => {
      const token = await createToken(server(), 'alice');
      const client = await openaiClient(server(), token.secret);
      const upstream = new ScriptedChat(server().standIn);
      const answer = failureOf(
        client.chat.completions.create(ask({ stream })).then(async (made: any) => {
          if (stream) await allOf(made);
        }),
      );
      await upstream.say('one');
      while (stream && server().app.get(AnswerStreams).count === 0) await fetch(`${server().url}/healthz`);
      await revokeToken(server(), 'alice', token.id);
      expect(await answer).toMatchObject({ code: 'UNAUTHENTICATED' });
      await upstream.closed();
    });

    it('begins nothing with a body that comes when its token is revoked', async () => {
      const token = await createToken(server(), 'alice');
      const body = JSON.stringify(ask({ stream }));
      const sent = httpRequest(`${server().url}${PATH}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token.secret}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      });
      const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
      sent.write(body.slice(0, 10));
      while (server().app.get(OpenTokens).ids.length === 0) await fetch(`${server().url}/healthz`);
      await revokeToken(server(), 'alice', token.id);
      sent.end(body.slice(10));
      const [response] = await answered;
      expect(response.statusCode).toBe(401);
      response.resume();
      expect(server().standIn.requests).toEqual([]);
    });
  });

  it('nothing that failed keeps its place among the streams', async () => {
    for (const stream of [false, true]) {
      repeatedly(openaiErrors.badKey(KEY));
      await failureOf(openai.chat.completions.create(ask({ stream })));
    }
    expect(server().app.get(Limits).openStreams).toBe(0);
  });

  it('what fails after a client has waited for long is an event of a stream that has begun', async () => {
    const streams: { openingMs: number } = server().app.get(AnswerStreams);
    const { openingMs } = streams;
    streams.openingMs = 1;
    server().standIn.once('OPENAI', hang());
    try {
      const stream = await openai.chat.completions.create(ask({ stream: true }));
      expect(await failureOf(allOf(stream as any))).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
      const upstream = new ScriptedChat(server().standIn);
      const late: any = await openai.chat.completions.create(ask({ stream: true }));
      await upstream.say('late');
      await upstream.end();
      const chunks: any[] = await allOf(late);
      expect(chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe('late');
    } finally {
      streams.openingMs = openingMs;
    }
  });

  it('a stream that breaks says so, and is not done', async () => {
    const upstream = new ScriptedChat(server().standIn);
    const stream = await (async () => {
      const opening = openai.chat.completions.create(ask({ stream: true }));
      await upstream.say('Half of ');
      return opening as unknown as Promise<AsyncIterable<any>>;
    })();
    const texts: string[] = [];
    const reading = (async () => {
      for await (const { choices } of stream) texts.push(choices[0].delta.content);
    })();
    await upstream.cut();
    const error = await failureOf(reading);
    expect(texts.join('')).toBe('Half of ');
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: 'PROVIDER_TRUNCATED', type: 'server_error' });

    const other = new ScriptedChat(server().standIn);
    const answer = post(ask({ stream: true }));
    await other.say('Half of ');
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await other.cut();
    const text = await response.text();
    expect(text).toContain('data: {"error":{"message":');
    expect(text).not.toContain('[DONE]');
  });

  it('a stream ends when its JWT does, and so does the provider', async () => {
    const client = await openaiClient(server(), 'nobody');
    client.apiKey = await signToken('alice', '13 seconds ago');
    const upstream = new ScriptedChat(server().standIn);
    const opening = client.chat.completions.create(ask({ stream: true }));
    await upstream.say('one');
    const stream = (await opening) as unknown as AsyncIterable<unknown>;
    expect(await failureOf(allOf(stream))).toMatchObject({ code: 'UNAUTHENTICATED' });
    await upstream.closed();
  });

  it('a cancelled chat is a conflict', async () => {
    const upstream = new ScriptedChat(server().standIn);
    const answer = failureOf(openai.chat.completions.create(ask()));
    await upstream.say('one');
    const { auditEvents } = await server().query('alice', '{ auditEvents { edges { node { chatId } } } }');
    const { chatId } = auditEvents.edges[0].node;
    await server().query('alice', 'mutation ($id: ID!) { cancelChat(chatId: $id) { cancelled } }', {
      id: chatId,
    });
    expect(await answer).toMatchObject({ status: 409, code: 'CONFLICT' });
  });

  it('a client that leaves after its first words stops the provider at once', async () => {
    const upstream = new ScriptedChat(server().standIn);
    const opening = openai.chat.completions.create(ask({ stream: true }));
    await upstream.say('one');
    const stream = (await opening) as unknown as AsyncIterable<unknown> & { controller: AbortController };
    for await (const _ of stream) break;
    stream.controller.abort();
    await upstream.closed();
    while (server().app.get(AnswerStreams).count > 0) await fetch(`${server().url}/healthz`);
  });

  it.each([
    ['no token', {}],
    ['a token that nobody issued', { authorization: 'Bearer nonsense' }],
  ])('%s is 401, whatever comes with it', async (_, headers) => {
    for (const [method, path] of [
      ['POST', PATH],
      ['GET', '/v1/models'],
      ['GET', '/v1/models/openai/x'],
    ] as const) {
      const response = await fetch(`${server().url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(method === 'POST' && { body: '{"model":' }),
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: {
          message: 'A valid token is needed: Authorization: Bearer <token>.',
          type: 'authentication_error',
          param: null,
          code: 'UNAUTHENTICATED',
        },
      });
    }
  });

  it.each([
    ['no JSON', 400, '{"model":'],
    ['nothing', 400, ''],
    ['a list', 400, '[]'],
    ['a prototype', 400, '{"model":"x","__proto__":{"n":1}}'],
    ['what is nested too deeply', 400, `{"model":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['too many bytes', 413, JSON.stringify('x'.repeat(200_000))],
  ])('a body of %s is %i, in the form of all errors', async (_, status, body) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toEqual({
      error: {
        message: expect.stringMatching(/^request: /),
        type: 'invalid_request_error',
        param: null,
        code: 'BAD_USER_INPUT',
      },
    });
  });

  it('what is no JSON by its own word is 415, an address of nothing 404, and a page of others 403', async () => {
    for (const path of ['/v1/%', '/v1/chat/completions/', '/v1/', '/v1/chat/completions/x']) {
      const response = await post({}, {}, path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.json()).toEqual({ error: expect.objectContaining({ code: 'BAD_USER_INPUT' }) });
    }
    const ofText = await post('{}', { 'content-type': 'text/plain' });
    const ofNothing = await post({}, {}, '/v1/embeddings');
    const ofPage = await post(ask(), { origin: 'https://evil.example' });
    expect([ofText.status, ofNothing.status, ofPage.status]).toEqual([415, 404, 403]);
    for (const response of [ofText, ofNothing, ofPage])
      expect(await response.json()).toEqual({
        error: {
          message: expect.any(String),
          type: expect.any(String),
          param: null,
          code: expect.any(String),
        },
      });
    const ofOurs = await post(ask({ temperature: 9 }), { origin: 'https://app.example' });
    expect(ofOurs.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(ofOurs.headers.get('access-control-expose-headers')).toContain('x-should-retry');
  });
});

describe('the limits of the operator, to a client of OpenAI’s,', () => {
  const server = useTestServer({ LIMIT_CHATS_PER_MINUTE: '1', LIMIT_STREAMS_PER_USER: '1' });

  it('are 429, with the time to wait', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const openai = await openaiClient(server(), 'alice');
    await openai.chat.completions.create(ask());
    const error = await failureOf(openai.chat.completions.create(ask()));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(error.headers.get('x-should-retry')).toBe('true');
    expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    // Without a chat to spare, what is known of the provider takes the place of its list.
    expect((await allOf(openai.models.list())).length).toBeGreaterThan(0);
  });
});
