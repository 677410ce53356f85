import { createDatabase, type TestDatabase } from '../support/database.js';
import { createRedis, type TestRedis } from '../support/redis.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { Watcher } from '../support/survival-cases.js';
import { TestServer } from '../support/test-server.js';

describe('servers that keep no chat after its end', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let here: TestServer;
  let there: TestServer;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    redis = createRedis();
    const environment = { ...database.environment, ...redis.environment, CHAT_RETENTION_MS: '0' };
    here = await TestServer.start(environment);
    there = await TestServer.start(environment, here);
    await here.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await redis.drop();
    await database.drop();
  });

  it('show the end to whoever watches on another server, then forget the chat', async () => {
    const upstream = new ScriptedChat(here.standIn);
    const watcher = await Watcher.chat(here);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    const elsewhere = await Watcher.resume(there, chatId);
    await elsewhere.until('one');
    await upstream.end();
    const events = await watcher.rest();
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    expect((await elsewhere.rest()).at(-1)).toEqual(events.at(-1));
    while ((await redis.keys()).some((name) => name.endsWith(`${chatId}:meta`)));
    expect((await (await Watcher.resume(there, chatId)).failure()).extensions).toMatchObject({
      code: 'CHAT_NOT_FOUND',
    });
    expect((await (await Watcher.resume(here, chatId)).failure()).extensions).toMatchObject({
      code: 'CHAT_NOT_FOUND',
    });
  });
});
