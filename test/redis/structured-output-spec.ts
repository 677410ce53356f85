import { textOf } from '../support/test-server.js';
import { useTwoServers } from '../support/two-servers.js';
import { emptyServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';

describe('an answer that is to fit a schema, with Redis', () => {
  const servers = useTwoServers({});
  beforeEach(async () => {
    await emptyServer(servers().here);
    await servers().here.storeKey('alice', 'OPENAI', KEY);
  });

  it.each([
    ['{"name":"Rome"}', true],
    ['{"name":7}', false],
  ])('is judged once, and every server says the same: %s', async (said, schemaValid) => {
    const { here, there } = servers();
    const input = {
      messages: [{ role: 'USER', content: `Which city?\nsay: ${said}` }],
      responseSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      requestId: `judged-here-${String(schemaValid)}`,
    };
    const first = await here.chatEvents('alice', input);
    const again = await there.chatEvents('alice', input);
    expect(first.at(-1)).toMatchObject({ __typename: 'ChatCompleted', schemaValid });
    expect(again.at(-1)).toEqual(first.at(-1));
    expect(textOf(again)).toBe(said);
    expect(here.standIn.requests).toHaveLength(1);
  });
});
