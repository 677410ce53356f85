import { inspect } from 'node:util';
import { cut, flood, hang, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import type { ChatRequest } from '../../src/providers/chat/contract.js';
import { collect, failureOf } from '../support/collect.js';
import { chatCases, statusCases } from './chat-adapter-cases.js';
import { joined, KEY, sentencesIn, useAdapter } from './chat-adapter-harness.js';
import { foreignAnswers, foreignStatuses, toReply } from './not-the-apis-answer.js';

const policies = ['cyber_policy', 'bio_policy', 'usage_policy', 'content_policy_violation', 'new_policy_x'];

/** Everything that a provider may complain about. */
const everything: Partial<ChatRequest> = {
  temperature: 1,
  maxOutputTokens: 4096,
  reasoningEffort: 'LOW',
  tools: {
    definitions: [
      { name: 'search', description: 'Searches.', parameters: { type: 'object' }, inputName: 'lookUps' },
    ],

    choice: 'AUTO',
  },
};

/** The same with tools as a provider takes them. */
const filled = (request: Partial<ChatRequest>): Partial<ChatRequest> => ({
  ...request,
  ...(request.tools && { tools: everything.tools }),
});

describe.each(chatCases)('a failure of $entry.displayName', (provider) => {
  const { standIn, stream, answerWith, fixture, codeOf } = useAdapter(provider.entry, provider.model);
  const first = provider.textEvent('First words');

  describe('as an answer', () => {
    it.each(statusCases)('with a %i and unknown JSON is %s', async (status, code) => {
      for (const body of [{}, [], { strange: ['new'] }, { error: 'text' }, { error: {} }, [{ error: {} }]]) {
        void answerWith(reply({ status, body }));
        expect(await codeOf(stream())).toBe(code);
      }
      expect(standIn().requests).toHaveLength(6);
    });

    it.each(foreignAnswers)('is an outage where %s answers, with any status', async (_name, body, type) => {
      for (const status of foreignStatuses) {
        void answerWith(reply(toReply(status, body, type)));
        expect(await failureOf(stream())).toMatchObject({
          code: 'PROVIDER_UNAVAILABLE',
          retryable: true,
          mayMoveOn: true,
        });
      }
    });

    it('is an outage where a page comes with the status 200', async () => {
      void answerWith(reply(toReply(200, '<!DOCTYPE html>\n<title>Log in</title>\n', 'text/html')));
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('is an outage where it does not end', async () => {
      const received = answerWith(async (exchange, tools) => {
        exchange.open(401);
        await flood({ chunk: 'x'.repeat(65_536), bytes: 50_000_000 })(exchange, tools);
      });
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
      await (
        await received
      ).closedByClient;
    });

    it('is an outage where it is cut', async () => {
      void answerWith(replay(['{"error":{"code":"invalid_api_key"'], { status: 401, then: 'cut' }));
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('keeps when to come back, also of what is not the API’s', async () => {
      void answerWith(reply({ status: 429, body: '<html>', headers: { 'retry-after': '3' } }));
      const retryAfterMs = provider.isStatusOnly ? null : 3000;
      expect(await failureOf(stream())).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryAfterMs });
    });

    it.each([409, 499])('with a %i may be tried again', async (status) => {
      for (const error of [{ code: status }, { type: 'something_new', code: 'something_new' }]) {
        void answerWith(reply({ status, body: { type: 'error', error } }));
        expect(await failureOf(stream())).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: true });
      }
    });

    if (provider.isStatusOnly) return;

    it.each(policies)('with %s is the request’s, with any status', async (policy) => {
      const error = { code: policy, type: policy, details: [{ reason: policy.toUpperCase() }] };
      for (const status of [400, 401, 403, 422, 429, 451, 500]) {
        void answerWith(reply({ status, body: { type: 'error', error } }));
        expect(await failureOf(stream())).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', mayMoveOn: false });
      }
    });
  });

  describe('in JSON behind the status 200', () => {
    it.each(provider.reportedErrors)('is %s: %j', async (code, reported) => {
      const error = { message: `It was about ${KEY}.`, ...reported };
      const plain = JSON.stringify({ error });
      const forms: Readonly<Record<string, readonly string[]>> = {
        alone: [plain],
        'in a list': [JSON.stringify([{ error }])],
        'with a type': [JSON.stringify({ type: 'error', error, request_id: 'r' })],
        'on many lines': [JSON.stringify([{ error }], null, 2)],
        'on many lines of another system': [JSON.stringify({ error }, null, '\t').replaceAll('\n', '\r\n')],
        'in pieces': plain.match(/.{1,3}/g) ?? [],
        'before events': [`${plain}\n\n`, first],
        'behind events': [first, plain],
        'behind events, on many lines': [first, JSON.stringify({ error }, null, 2), '\n'],
        'as data': [first, `data: ${plain}\n\n`],
        'as data with a type': [first, `data: ${JSON.stringify({ type: 'error', error })}\n\n`],
        'as data without an end': [first, `data: ${plain}`],
        'as a list in data': [first, `data: ${JSON.stringify([{ error }])}\n\n`],
        'as an event': [first, `event: error\ndata: ${plain}\n\n`],
        'as an event that says no more': [first, `event: error\ndata: ${JSON.stringify(error)}\n\n`],
      };
      for (const [form, pieces] of Object.entries(forms)) {
        for (const headers of [
          { 'content-type': 'application/json' },
          { 'content-type': 'text/event-stream' },
        ]) {
          void answerWith(replay(pieces, { headers }));
          expect([form, await codeOf(stream(), error)]).toEqual([form, code]);
        }
      }
    });

    it.each([
      ['breaks', 'cut'],
      ['is silent', 'hang'],
    ] as const)('is known where the connection %s behind it', async (_name, then) => {
      const [code, error] = provider.reportedErrors[0]!;
      void answerWith(replay([first, JSON.stringify({ error })], { then }));
      const short = { firstByteTimeoutMs: 10_000, idleTimeoutMs: 100 };
      expect(await codeOf(stream({}, undefined, short), error)).toBe(code);
    });

    it('is none where JSON beside the events reports none', async () => {
      void answerWith(replay(['{"hello":1}\n[]\n', await fixture('answer'), '{"bye":2}']));
      const parts = await collect(stream());
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
      expect(joined('text', parts)).not.toBe('');
    });

    it('does not go to another provider where it is unknown', async () => {
      const event = 'event: error\ndata: {"error":{"message":"no"}}\n\n';
      for (const pieces of [
        [event],
        [': hi\n\n', event],
        ['{"error":"no"}'],
        ['event: error\ndata: no\n\n'],
      ]) {
        void answerWith(replay(pieces));
        expect(await failureOf(stream())).toMatchObject({
          code: 'PROVIDER_UNAVAILABLE',
          retryable: true,
          mayMoveOn: false,
        });
      }
    });
  });

  const { rateLimitReported } = provider;
  if (rateLimitReported !== null)
    it.each([
      ['Please try again in 6.379s.', 6379],
      ['Rate limit reached. Please try again in 120ms. Visit …', 120],
      ['Please retry in 1m2s.', 62_000],
      ['Please try again later.', null],
    ])('in a stream says when a retry makes sense: %j', async (message, retryAfterMs) => {
      for (const pieces of [[], [first]]) {
        void answerWith(replay([...pieces, rateLimitReported(`${KEY} ${message}`)]));
        const failure = await failureOf(stream());
        expect(failure).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', retryAfterMs });
        expect(inspect(failure)).not.toContain(KEY);
      }
    });

  const { refusal } = provider;
  if (refusal !== null)
    describe('behind a refusal', () => {
      it.each([
        ['an error', replay([refusal, 'data: {"error":{"code":503,"type":"overloaded_error"}}\n\n'])],
        ['an error that is no event', replay([refusal, '{"error":{"code":503,"type":"overloaded_error"}}'])],
        ['a broken connection', replay([refusal], { then: 'cut' })],
        ['an unreadable event', replay([refusal, 'data: {\n\n'])],
      ])('is an end, and no other provider is asked: %s', async (_name, behaviour) => {
        void answerWith(behaviour);
        const failure = await failureOf(stream());
        expect(failure).toMatchObject({ retryable: true, mayMoveOn: false });
        expect(['PROVIDER_TRUNCATED', 'PROVIDER_UNAVAILABLE']).toContain(
          Reflect.get(failure as object, 'code'),
        );
      });

      it('takes no silence for a reason to ask another provider', async () => {
        void answerWith(replay([refusal], { then: 'hang' }));
        const short = { firstByteTimeoutMs: 10_000, idleTimeoutMs: 100 };
        // For some a silence is the end, and the answer complete.
        const ending = await collect(stream({}, undefined, short)).catch((error: unknown) => error);
        expect([{ mayMoveOn: false }, [{ type: 'finish', reason: 'CONTENT_FILTER' }]]).toContainEqual(
          Array.isArray(ending)
            ? ending
            : { mayMoveOn: Reflect.get(ending as object, 'mayMoveOn') as unknown },
        );
      });
    });

  describe('about what was sent', () => {
    it.each(provider.badRequests)('is PROVIDER_BAD_REQUEST about %s: %j', async (field, answer) => {
      const send = () => answerWith(replay([JSON.stringify(answer.body)], { status: answer.status }));
      void send();
      const failure = await failureOf(stream(everything));
      const parameter = field === 'tools' ? 'lookUps' : field;
      expect(failure).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', parameter });
      for (const said of sentencesIn(answer.body)) expect(inspect(failure)).not.toContain(said);
      void send();
      const sent = field === 'messages' || field === 'model' ? field : null;
      expect(await failureOf(stream())).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', parameter: sent });
    });

    if (provider.refusedAdditions.length === 0) return;
    describe.each(provider.refusedAdditions)(
      'beside what was asked for: %j',
      (refusal, request, names, sent, resent) => {
        const withoutFields = (body: Record<string, unknown>) =>
          Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
        const fieldsOf = ({ body }: Exchange) =>
          Object.fromEntries(Object.entries(body as object).filter(([name]) => names.includes(name)));

        it('is asked once more without it', async () => {
          void answerWith(reply(refusal));
          const parts = await collect(stream(filled(request)));
          expect(parts.at(-1)).toMatchObject({ type: 'finish' });
          expect(standIn().requests.map(fieldsOf)).toEqual([sent, resent]);
          const [one, other] = standIn().requests as [Exchange, Exchange];
          expect(other.body).toEqual({ ...withoutFields(one.body), ...resent });
          expect(other.key).toBe(one.key);
        });

        it('is asked once more where a stream says so', async () => {
          void answerWith(replay([`data: ${JSON.stringify(refusal.body)}\n\n`]));
          expect((await collect(stream(filled(request)))).at(-1)).toMatchObject({ type: 'finish' });
          expect(standIn().requests.map(fieldsOf)).toEqual([sent, resent]);
        });

        it('is asked no third time, and no input is blamed', async () => {
          standIn().once(provider.entry.id, reply(refusal));
          standIn().once(provider.entry.id, reply(refusal));
          const failure = await failureOf(stream(filled(request)));
          expect(failure).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', parameter: null });
          expect(standIn().requests).toHaveLength(2);
        });

        it('fails with what the second answer says', async () => {
          standIn().once(provider.entry.id, reply(refusal));
          standIn().once(provider.entry.id, reply(provider.errors.exhausted(KEY)));
          expect(await codeOf(stream(filled(request)))).toBe('KEY_EXHAUSTED');
        });

        it('is not asked again once it has begun to answer', async () => {
          void answerWith(replay([first, `data: ${JSON.stringify(refusal.body)}\n\n`]));
          expect(await codeOf(stream(filled(request)))).toBe('PROVIDER_BAD_REQUEST');
          expect(standIn().requests).toHaveLength(1);
        });

        it.each([
          ['in the first answer', 0],
          ['in the second answer', 1],
        ])('is left %s', async (_name, refusals) => {
          const client = new AbortController();
          const reason = new Error('left');
          for (let count = 0; count < refusals; count++) standIn().once(provider.entry.id, reply(refusal));
          standIn().once(provider.entry.id, hang());
          const failure = failureOf(stream(filled(request), client.signal));
          let exchange = await standIn().nextRequest(provider.entry.id);
          if (refusals > 0) exchange = await standIn().nextRequest(provider.entry.id);
          client.abort(reason);
          expect(await failure).toBe(reason);
          await exchange.closedByClient;
          expect(standIn().requests).toHaveLength(refusals + 1);
        });
      },
    );
  });

  const [firstRefused] = provider.refusedAdditions;
  if (!firstRefused) return;

  it('is PROVIDER_UNAVAILABLE where no server listens for the second request', async () => {
    const [refusal, request] = firstRefused;
    standIn().once(provider.entry.id, reply(refusal));
    standIn().once(provider.entry.id, cut());
    expect(await codeOf(stream(filled(request)))).toBe('PROVIDER_UNAVAILABLE');
  });
});
