import { png } from '../support/media.js';
import { useTwoServers } from '../support/two-servers.js';

const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text } }';

describe('an attachment that one server was sent', () => {
  const servers = useTwoServers({});

  it('is read by another, for its owner alone', async () => {
    const { here, there } = servers();
    for (const user of ['alice', 'bob']) await here.storeKey(user, 'OPENAI', `key-of-${user}-0123456789`);
    const attachmentId = await here.attach('alice', png);
    const input = { messages: [{ role: 'USER', parts: [{ image: { attachmentId } }] }] };
    const { data } = await there.post<any>('alice', COMPLETE, { input });
    expect(data.completeChat.text).toContain(`[image/png, ${String(png.length)} bytes]`);
    const { errors } = await there.post('bob', COMPLETE, { input });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
