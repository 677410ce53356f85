import { jest } from '@jest/globals';
import { KeySetUnavailableError } from '../../src/auth/auth.errors.js';
import { Authenticator } from '../../src/auth/authenticator.js';
import { ChatService } from '../../src/chat/chat.service.js';
import { EventStreamDoor } from '../../src/graphql/event-stream/event-stream-door.js';
import { WebSocketDoor } from '../../src/graphql/websocket/websocket-door.js';
import { doors, eventStreamDoor, webSocketDoor } from '../support/doors.js';
import { CHAT, HELLO, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { FIRST_RESULT, watchSources } from '../support/watched-source.js';

const SENTINEL = 'sk-sentinel-0123456789';

describe('a door for subscriptions', () => {
  const server = useTestServer({ ALLOWED_ORIGINS: 'https://app.example' });
  afterEach(() => jest.restoreAllMocks());

  describe.each([webSocketDoor, eventStreamDoor])('$name', (door) => {
    it.each([
      ['a query', 'query { viewer { id } }'],
      ['a mutation', 'mutation { deleteApiKey(keyId: "1") { deletedKeyId } }'],
      ['nothing that is named', 'query a { viewer { id } } query b { viewer { id } }'],
    ])('runs subscriptions only, and not %s', async (_, query) => {
      const subscription = await door.subscribe(server(), 'alice', query);
      expect(await subscription.next()).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'query' }] } }],
      });
      subscription.cut();
    });
  });

  describe.each(doors)('$name', (door) => {
    const authorization = async () => `Bearer ${await signToken('alice')}`;

    /** All that comes of a subscription which is refused, and nothing after it. */
    const refusal = async (query: string, variables: Record<string, unknown> = {}) => {
      const subscription = await door.subscribe(server(), 'alice', query, variables);
      const result = await subscription.next();
      subscription.cut();
      expect(result).toEqual({ errors: expect.any(Array) });
      return result!.errors as any[];
    };

    it('lets a user in', async () => {
      expect(await door.knock(server(), { authorization: await authorization() })).toBeNull();
    });

    it.each([
      ['no token', () => Promise.resolve(undefined)],
      ['a token of another secret', () => signToken('alice', '1h', 'another secret of more than 32 bytes')],
      ['a token that has expired', () => signToken('alice', '-1h')],
      ['a token that is none', () => Promise.resolve('nonsense')],
    ])('refuses who brings %s', async (_, token) => {
      const given = await token();
      const arrival = given === undefined ? {} : { authorization: `Bearer ${given}` };
      expect(await door.knock(server(), arrival)).toBe(door.refusals.token);
    });

    it('asks to come again where tokens cannot be checked at the moment', async () => {
      jest
        .spyOn(server().app.get(Authenticator), 'authenticate')
        .mockRejectedValue(new KeySetUnavailableError());
      expect(await door.knock(server(), { authorization: await authorization() })).toBe(door.refusals.later);
    });

    it('refuses pages of other origins and lets those of allowed ones in', async () => {
      const knock = async (origin: string) =>
        door.knock(server(), { authorization: await authorization(), origin });
      expect(await knock('https://evil.example')).toBe(door.refusals.origin);
      expect(await knock('https://app.example')).toBeNull();
    });

    it.each([
      ['does not parse', `subscription { "${SENTINEL}"`, 'GRAPHQL_PARSE_FAILED'],
      ['has too many tokens', `subscription { ${'__typename '.repeat(2_001)} }`, 'GRAPHQL_PARSE_FAILED'],
      [
        'does not validate',
        `subscription { chat(input: "${SENTINEL}") { seq } }`,
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [
        'has too many aliases',
        `subscription { ${Array.from({ length: 16 }, (_, index) => `a${String(index)}: __typename`).join(' ')} }`,
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [
        'is too deep',
        `subscription ${'{ ...on Subscription '.repeat(12)}{ __typename }${' }'.repeat(12)}`,
        'GRAPHQL_VALIDATION_FAILED',
      ],
    ])('refuses a document that %s, with a code and without a quotation', async (_, query, code) => {
      const errors = await refusal(query);
      expect(errors[0]).toMatchObject({
        extensions: { code, retryable: false, requestId: expect.any(String) },
      });
      expect(JSON.stringify(errors).toLowerCase()).not.toContain('sentinel');
    });

    it('answers bad input with errors and then the end, and never quotes it', async () => {
      const input = { messages: SENTINEL, provider: SENTINEL };
      const subscription = await door.subscribe(server(), 'alice', CHAT, { input });
      const result = await subscription.next();
      expect(result).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect(JSON.stringify(result)).not.toContain('sentinel');
      expect(await subscription.next()).toBeNull();
    });

    it('refuses a list that is too long for any input, before its items are looked at', async () => {
      const messages = Array.from({ length: 1_001 }, () => HELLO[0]);
      expect(await refusal(CHAT, { input: { messages } })).toMatchObject([
        {
          extensions: {
            code: 'BAD_USER_INPUT',
            violations: [{ path: 'input.messages', message: 'must have at most 1000 items' }],
          },
        },
      ]);
    });

    it('shows nothing of what went wrong on the server, but where to find it', async () => {
      jest.spyOn(server().app.get(ChatService), 'start').mockRejectedValue(new Error(`with ${SENTINEL}`));
      const errors = await refusal(CHAT, { input: { messages: HELLO } });
      expect(errors).toMatchObject([
        { extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, requestId: expect.any(String) } },
      ]);
      expect(JSON.stringify(errors)).not.toContain(SENTINEL);
    });

    describe('the signal of a subscription', () => {
      const begin = async () => {
        const subscription = await door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO } });
        expect(await subscription.next()).toEqual(FIRST_RESULT);
        return subscription;
      };

      it.each(['leave', 'end', 'cut'] as const)(
        'is aborted before its source is ended by a client: %s',
        async (how) => {
          const { contexts, abortedAtReturn } = watchSources(server());
          const subscription = await begin();
          expect(contexts[0]?.signal.aborted).toBe(false);
          subscription[how]();
          expect(await abortedAtReturn).toBe(true);
        },
      );

      it('is aborted before its source is ended by a server that stops', async () => {
        const { abortedAtReturn } = watchSources(server());
        const subscription = await begin();
        await Promise.all([WebSocketDoor, EventStreamDoor].map((each) => server().app.get(each).close()));
        expect(await abortedAtReturn).toBe(true);
        expect(await subscription.next()).toBeNull();
      });

      it('comes with the id of its connection, which no other has', async () => {
        const { contexts } = watchSources(server());
        const subscriptions = [await begin(), await begin()];
        const ids = contexts.map(({ connectionId }) => connectionId);
        expect(ids).toEqual([
          expect.stringMatching(/^[\da-f-]{36}$/),
          expect.stringMatching(/^[\da-f-]{36}$/),
        ]);
        expect(new Set(ids).size).toBe(2);
        for (const subscription of subscriptions) subscription.cut();
      });
    });
  });
});
