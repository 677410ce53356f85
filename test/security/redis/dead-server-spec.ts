import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { shortDigest } from '../../../src/redis/short-digest.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { createRedis, redisUrl, type TestRedis } from '../../support/redis.js';
import { ScriptedChat } from '../../support/scripted-chat.js';
import { type ServerProcess, useProcesses } from '../../support/server-process.js';
import { Watcher } from '../../support/survival-cases.js';

const KEY = 'key-of-alice-0123456789';
const FINISHED =
  '{ auditEvents(first: 50, filter: { kinds: [CHAT_FINISHED] }) { edges { node { chatId outcome } } } }';

/** The user that docs/operations.md advises, as `ACL SETUSER` takes it. */
async function documentedUser(): Promise<string[]> {
  const text = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const [, rules] = /^user keystream (.+)$/m.exec(text) ?? [];
  if (!rules) throw new Error('docs/operations.md advises no user.');
  return rules.split(' ');
}

describe('servers that use Redis as the docs advise', () => {
  const processes = useProcesses();
  const user = `test-${randomUUID()}`;
  let database: TestDatabase;
  let redis: TestRedis;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    const url = new URL(redisUrl());
    url.username = user;
    url.password = 'PASSWORD';
    redis = createRedis(url.href);
    await redis.redis.call('ACL', 'SETUSER', user, ...(await documentedUser()));
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    [first, second] = await Promise.all([processes.start(environment), processes.start(environment)]);
    processes.standIn.acceptKey('OPENAI', KEY);
    await first.storeKey('alice', 'OPENAI', KEY);
  });
  afterEach(async () => {
    await Promise.all([first.kill('SIGKILL'), second.kill('SIGKILL')]);
    await redis.redis.call('ACL', 'DELUSER', user);
    await redis.drop();
    await database.drop();
  });

  const name = (...parts: string[]): string =>
    ['keystream', redis.environment.ENVIRONMENT_NAME, 'v3', ...parts].join(':');
  const metaOf = (chatId: string): string => name('chat', `{${shortDigest('alice')}:${chatId}}`, 'meta');

  async function begin(): Promise<{ chatId: string; elsewhere: Watcher }> {
    const upstream = new ScriptedChat(processes.standIn);
    const watcher = await Watcher.chat(first);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    const elsewhere = await Watcher.resume(second, chatId);
    await elsewhere.until('one');
    return { chatId, elsewhere };
  }

  it('end the chats of one that died, whatever was made of some of them and of its names', async () => {
    const sound = await begin();
    const tampered = [];
    for (const last of ['abc', '02', '1e0', ' 2', '9'.repeat(20)]) {
      const chat = await begin();
      await redis.redis.hset(metaOf(chat.chatId), 'last', last);
      tampered.push(chat);
    }
    const poisoned = await begin();
    await redis.redis.set(metaOf(poisoned.chatId), 'x');
    // Servers that never were: their chats are a text, and so many that not all are looked at at once.
    const strangers = Array.from({ length: 300 }, () => randomUUID());
    await redis.redis.sadd(name('servers'), ...strangers, 'x'.repeat(100_000));
    for (const id of strangers.slice(0, 20)) await redis.redis.set(name('server', id, 'runs'), 'x');
    await first.kill('SIGKILL');

    expect((await sound.elsewhere.rest()).at(-1)).toMatchObject({
      __typename: 'ChatFailed',
      error: { code: 'PROVIDER_TRUNCATED' },
    });
    for (const { elsewhere } of [...tampered, poisoned]) {
      const end = await elsewhere.rest().then(
        (events) => events.at(-1)?.__typename,
        () => 'an error',
      );
      expect(['ChatFailed', 'an error']).toContain(end);
    }
    const ended = [sound, ...tampered].map(({ chatId }) => chatId).sort();
    let rows: { chatId: string; outcome: string }[];
    do {
      const { auditEvents } = await second.query('alice', FINISHED);
      rows = auditEvents.edges.map(({ node }: any) => node);
    } while (rows.length < ended.length);
    expect(rows.map(({ chatId }) => chatId).sort()).toEqual(ended);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['PROVIDER_TRUNCATED']));
    const { code, stdout } = await second.kill('SIGTERM');
    expect(code).toBe(0);
    expect(stdout).not.toContain('NOPERM');
  });
});
