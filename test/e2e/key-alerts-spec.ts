import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { Limits } from '../../src/limits/limits.service.js';
import { type Door, doors } from '../support/doors.js';
import { RawStream } from '../support/raw-stream.js';
import { RawSocket, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const ALERTS = 'subscription { keyAlerts { id at rule provider keyId explanation acknowledgedAt } }';
const SEARCH = '{ webSearch(input: { query: "words", provider: BRAVE }) { provider } }';
const MUTE =
  'mutation ($rules: [String!]) { updateSettings(input: { mutedRules: $rules }) { viewer { id } } }';

describe('the subscription keyAlerts', () => {
  const server = useTestServer({ TRUST_PROXY: '127.0.0.1', LIMIT_STREAMS_PER_USER: '3' });

  const searchFrom = (userId: string, network: number) =>
    server().post(userId, SEARCH, {}, { 'x-forwarded-for': `198.51.${String(network)}.1` });
  const settle = () => server().app.get(AnomalyWatch).settle();
  /** Waits until so many streams are open on the server, which it says nothing of to its clients. */
  const untilOpen = async (count: number) => {
    while (server().app.get(Limits).openStreams !== count) await server().query('alice', '{ viewer { id } }');
  };
  const oldKeyOf = async (userId: string): Promise<string> => {
    const keyId = await server().storeKey(userId, 'BRAVE', KEY);
    const createdAt = new Date(Date.now() - 30 * 86_400_000);
    await server().app.get(DatabaseService).client.apiKey.updateMany({ data: { createdAt } });
    return keyId;
  };

  describe.each(doors)('over $name', (door: Door) => {
    it("shows the caller's alerts as they are found, each once, and nobody else's", async () => {
      const keyId = await oldKeyOf('alice');
      await oldKeyOf('bob');
      // What was found before is history.
      await searchFrom('alice', 1);
      await settle();
      const mine = await door.subscribe(server(), 'alice', ALERTS);
      const his = await door.subscribe(server(), 'bob', ALERTS);
      await untilOpen(2);
      await searchFrom('alice', 2);
      const first = await mine.next();
      expect(first).toEqual({
        data: {
          keyAlerts: {
            ...{
              id: expect.any(String),
              at: expect.any(String),
              rule: 'NEW_NETWORK',
              provider: 'BRAVE',
              keyId,
            },
            explanation: 'Keys were used from a network that was never seen for this user.',
            acknowledgedAt: null,
          },
        },
      });
      await searchFrom('bob', 1);
      expect((await his.next())?.data.keyAlerts).toMatchObject({ rule: 'NEW_MODEL' });
      await server().app.get(DatabaseService).client
        .$executeRaw`UPDATE sealed_keys SET envelope = overlay(envelope PLACING 'AAAA' FROM 60)`;
      await searchFrom('alice', 2);
      expect((await mine.next())?.data.keyAlerts).toMatchObject({ rule: 'DECRYPTION_FAILED' });
      mine.leave();
      his.leave();
      await untilOpen(0);
    });

    it('is silent about a rule that is muted', async () => {
      await oldKeyOf('alice');
      await server().query('alice', MUTE, { rules: ['NEW_MODEL'] });
      const alerts = await door.subscribe(server(), 'alice', ALERTS);
      await untilOpen(1);
      await searchFrom('alice', 1);
      await settle();
      await searchFrom('alice', 2);
      expect((await alerts.next())?.data.keyAlerts).toMatchObject({ rule: 'NEW_NETWORK' });
      alerts.leave();
      await untilOpen(0);
    });

    it('counts among the streams of its user, and gives its place back', async () => {
      const open = await Promise.all([1, 2, 3].map(() => door.subscribe(server(), 'alice', ALERTS)));
      await untilOpen(3);
      const refused = await door.subscribe(server(), 'alice', ALERTS);
      expect((await refused.next())?.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      for (const each of [...open, refused]) each.leave();
      await untilOpen(0);
      const again = await door.subscribe(server(), 'alice', ALERTS);
      await untilOpen(1);
      again.cut();
      await untilOpen(0);
    });

    it('is served by the standard executor, too, where the selection is unusual', async () => {
      await oldKeyOf('alice');
      const query = `subscription ($no: Boolean = false) { alert: keyAlerts { ...More kind: __typename keyId @include(if: $no) } }
        fragment More on KeyAlert { what: rule provider }`;
      const alerts = await door.subscribe(server(), 'alice', query);
      await untilOpen(1);
      await searchFrom('alice', 1);
      expect(await alerts.next()).toEqual({
        data: { alert: { what: 'NEW_MODEL', provider: 'BRAVE', kind: 'KeyAlert' } },
      });
      alerts.leave();
      await untilOpen(0);
    });
  });

  it('needs a token', async () => {
    for (const door of doors) expect(await door.knock(server(), {})).toBe(door.refusals.token);
  });

  it('ends with its token, on both doors', async () => {
    const token = await signToken('alice', '13 seconds ago');
    const socket = await RawSocket.open(server().webSocketUrl, {});
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await socket.next();
    socket.subscribe('1', ALERTS);
    const stream = await RawStream.open(
      server().url,
      { query: ALERTS },
      { authorization: `Bearer ${token}` },
    );
    expect((await socket.closed).code).toBe(4403);
    while (await stream.next());
    await untilOpen(0);
  });

  it('has a client that reads slowly find everything, in order, and nothing waits for it in memory', async () => {
    const alerts = await doors[0]!.subscribe(server(), 'alice', ALERTS);
    await untilOpen(1);
    const { client } = server().app.get(DatabaseService);
    await client.$executeRaw`
      INSERT INTO key_alerts (id, user_id, at, rule, explanation, written_at)
      SELECT gen_random_uuid(), 'alice', now(), 'BURST', number::text, now() + number * interval '1 microsecond' FROM generate_series(1, 333) AS number`;
    // The news of one more is the news of all.
    await oldKeyOf('alice');
    await searchFrom('alice', 1);
    const seen: string[] = [];
    while (seen.length < 334) seen.push((await alerts.next())?.data.keyAlerts.explanation as string);
    expect(seen.slice(0, 333)).toEqual(Array.from({ length: 333 }, (_, index) => String(index + 1)));
    expect(seen[333]).toMatch(/first time/);
    alerts.leave();
    await untilOpen(0);
  });
});
