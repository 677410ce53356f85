import { ScriptedChat } from '../support/scripted-chat.js';
import { Watcher } from '../support/survival-cases.js';
import { useTwoServers } from '../support/two-servers.js';

describe('servers that keep no chat after its end', () => {
  const servers = useTwoServers({ CHAT_RETENTION_MS: '0' });
  beforeAll(() => servers().here.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));

  it('show the end to watchers on another server, then forget the chat', async () => {
    const { here, there, redis } = servers();
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
    while ((await redis.keys()).some((name) => name.includes(chatId) && name.endsWith(':meta')));
    expect((await (await Watcher.resume(there, chatId)).failure()).extensions).toMatchObject({
      code: 'CHAT_NOT_FOUND',
    });
    expect((await (await Watcher.resume(here, chatId)).failure()).extensions).toMatchObject({
      code: 'CHAT_NOT_FOUND',
    });
  });
});
