import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { numbersOf, numbersTo } from '../support/numbers.js';
import { doors } from '../support/doors.js';
import { naming } from '../support/naming.js';
import { CHAT, HELLO, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const AUDIT =
  'query { auditEvents(first: 10) { edges { node { kind provider keyId keySource chatId model outcome inputTokens outputTokens timeToFirstTokenMs durationMs } } } }';

interface AuditNode {
  readonly kind: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

describe('subscription chat', () => {
  const server = useTestServer();
  describe.each(doors)('over $name', (door) => {
    const auditOf = async (userId: string): Promise<AuditNode[]> => {
      const { auditEvents } = await server().query(userId, AUDIT);
      return auditEvents.edges.map((edge: { node: AuditNode }) => edge.node) as AuditNode[];
    };

    describe.each(providerIdsOf('CHAT'))('with a key for %s', (provider) => {
      it('streams numbered events from ChatStarted to ChatCompleted', async () => {
        const keyId = await server().storeKey('alice', provider, 'key-of-alice-0123456789');
        const events = await server().chatEvents('alice', naming(provider), door);
        expect(events[0]).toMatchObject({ __typename: 'ChatStarted', provider, keySource: 'USER', keyId });
        expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
        expect(numbersOf(events)).toEqual(numbersTo(events.at(-1)));
        expect(textOf(events)).not.toBe('');
        expect(new Set(events.map(({ chatId }) => chatId)).size).toBe(1);
      });

      it('reports usage and timings, and writes them to the audit trail', async () => {
        const keyId = await server().storeKey('alice', provider, 'key-of-alice-0123456789');
        const events = await server().chatEvents('alice', naming(provider), door);
        const { usage, timings, chatId } = events.at(-1) as any;
        expect(timings.totalMs).toBeGreaterThanOrEqual(timings.timeToFirstTokenMs);
        expect(timings.timeToFirstTokenMs).toBeGreaterThanOrEqual(timings.keyResolutionMs);
        const [finished, used] = await auditOf('alice');
        expect(finished).toMatchObject({
          kind: 'CHAT_FINISHED',
          outcome: 'OK',
          provider,
          keyId,
          keySource: 'USER',
          chatId,
          inputTokens: usage.inputTokens,
          outputTokens: usage.outputTokens,
        });
        expect(used).toMatchObject({ kind: 'KEY_USED', outcome: 'OK', provider, keyId, chatId });
      });

      it('aborts the upstream when the client unsubscribes, also while it is silent', async () => {
        await server().storeKey('alice', provider, 'key-of-alice-0123456789');
        server().standIn.once(provider, async (exchange) => {
          await exchange.closedByClient;
        });
        const request = server().standIn.nextRequest(provider);
        const events = await server().chat('alice', naming(provider), door);
        expect((await events.next()).value?.data?.chat).toMatchObject({ __typename: 'ChatStarted' });
        const exchange = await request;
        await events.return?.();
        await exchange.closedByClient;
        await untilAudited(() => auditOf('alice'), 'CHAT_FINISHED');
        expect((await auditOf('alice'))[0]).toMatchObject({ kind: 'CHAT_FINISHED', outcome: 'CANCELLED' });
      });

      it('aborts the upstream when the connection is cut', async () => {
        await server().storeKey('alice', provider, 'key-of-alice-0123456789');
        server().standIn.once(provider, async (exchange) => {
          await exchange.closedByClient;
        });
        const request = server().standIn.nextRequest(provider);
        const input = { ...naming(provider), messages: HELLO };
        const subscription = await door.subscribe(server(), 'alice', CHAT, { input });
        const exchange = await request;
        subscription.cut();
        await exchange.closedByClient;
        await untilAudited(() => auditOf('alice'), 'CHAT_FINISHED');
        expect((await auditOf('alice'))[0]).toMatchObject({ outcome: 'CANCELLED' });
      });

      it('ends with ChatFailed KEY_REJECTED, remembers it in the health, and keeps the key out of it', async () => {
        await server().storeKey('alice', provider, 'key-of-alice-0123456789');
        server().standIn.revokeKey(provider, 'key-of-alice-0123456789');
        const events = await server().chatEvents('alice', naming(provider), door);
        expect(events).toHaveLength(2);
        expect(events[1]).toMatchObject({
          __typename: 'ChatFailed',
          seq: 2,
          error: { code: 'KEY_REJECTED', retryable: false },
        });
        expect(JSON.stringify(events)).not.toContain('key-of-alice');
        const { apiKeys } = await server().query('alice', '{ apiKeys { health healthReason } }');
        expect(apiKeys).toEqual([{ health: 'REJECTED', healthReason: expect.any(String) }]);
        expect((await auditOf('alice'))[0]).toMatchObject({ kind: 'CHAT_FINISHED', outcome: 'KEY_REJECTED' });
      });
    });

    it('uses the first stored key in the order OPENAI, ANTHROPIC, GOOGLE', async () => {
      await server().storeKey('bob', 'GOOGLE', 'key-of-bob-0123456789');
      await server().storeKey('bob', 'ANTHROPIC', 'key-of-bob-0123456789');
      const [started] = await server().chatEvents('bob', {}, door);
      expect(started).toMatchObject({ provider: 'ANTHROPIC' });
    });

    it('fails before ChatStarted where there is no key', async () => {
      expect(await server().chatFailure('carol', {}, door)).toBe('NO_KEY_AVAILABLE');
    });

    it('never calls a provider without a key', async () => {
      await server().chatFailure('carol', { provider: 'OPENAI' }, door);
      expect(server().standIn.requests).toEqual([]);
    });

    it.each([
      ['no messages', { messages: [] }, 'input.messages'],
      ['a temperature out of range', { temperature: 3 }, 'input.temperature'],
      ['a fraction of a token', { maxOutputTokens: 0 }, 'input.maxOutputTokens'],
      ['a model with spaces', { model: 'a b' }, 'input.model'],
    ])('refuses %s with the path of it', async (_, input, path) => {
      for await (const { errors } of await server().chat('alice', input, door)) {
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', violations: [{ path }] });
      }
    });
  });
});

/** The audit row is written after the upstream has closed: asks again until it is there. */
async function untilAudited(read: () => Promise<AuditNode[]>, kind: string): Promise<void> {
  while (!(await read()).some((event) => event.kind === kind));
}
