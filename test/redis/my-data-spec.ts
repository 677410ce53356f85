import { hang } from '../../demo/stand-in/behaviours.mjs';
import { useTwoServers } from '../support/two-servers.js';
import { emptyServer } from '../support/use-test-server.js';

const DELETE = 'mutation ($id: ID!) { deleteMyData(confirmUserId: $id) { deletedKeys } }';
const RESUME = 'subscription ($chatId: ID!) { resumeChat(chatId: $chatId) { __typename chatId seq } }';
const KEY = 'a-key-of-nobody-0123456789';

describe('all that is kept of a user, with Redis', () => {
  const servers = useTwoServers({ CHAT_DISCONNECT_GRACE_MS: '20000' });
  beforeEach(() => emptyServer(servers().here));

  const chatNames = async (): Promise<string[]> =>
    (await servers().redis.keys()).filter((name) => name.includes(':chat:'));

  it('is deleted on every server: chats are stopped where they run, and their answers are gone', async () => {
    const { here, there } = servers();
    await there.storeKey('alice', 'OPENAI', KEY);
    await there.storeKey('bob', 'OPENAI', KEY);
    const [started] = await there.chatEvents('alice', {});
    await there.chatEvents('bob', {});
    there.standIn.once('OPENAI', hang());
    const running = there.chatEvents('alice', {});
    const exchange = await there.standIn.nextRequest('OPENAI');
    expect(await here.query('alice', DELETE, { id: 'alice' })).toEqual({ deleteMyData: { deletedKeys: 1 } });
    await exchange.closedByClient;
    expect((await running).at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
    const names = await chatNames();
    // Bob's: a record and its events.
    expect(new Set(names.map((name) => name.slice(0, name.lastIndexOf(':')))).size).toBe(1);
    for (const server of [here, there]) {
      const client = await server.client('alice');
      const { value } = await client.iterate(RESUME, { chatId: started!.chatId }).next();
      expect(value).toMatchObject({ errors: [{ extensions: { code: 'CHAT_NOT_FOUND' } }] });
    }
  });

  it('is exported with the answers of chats that ran elsewhere', async () => {
    const { here, there } = servers();
    await there.storeKey('alice', 'OPENAI', KEY);
    const [started] = await there.chatEvents('alice', {});
    const text = await here.exportOf('alice');
    expect(text).toContain(`"__typename":"ChatStarted","chatId":"${started!.chatId}"`);
    expect(text).toContain('"__typename":"ChatCompleted"');
  });
});
