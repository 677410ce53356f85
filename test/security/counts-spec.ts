import { replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { type ChatProviderId, providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { naming } from '../support/naming.js';
import { useServerProcess } from '../support/use-server-process.js';
import { engineVoices, voices } from '../support/voices.js';

const KEY = 'key-of-alice-0123456789';
/** The most that GraphQL's Int holds. */
const MOST = 2 ** 31 - 1;
const COUNT =
  /"(input_tokens|output_tokens|promptTokenCount|candidatesTokenCount|prompt_tokens|completion_tokens)":\d+/g;
const USAGE = '{ usage { totals { inputTokens outputTokens } } }';

/** Where a voice begins without the counts that its provider begins with. */
const beginnings: Partial<Record<ChatProviderId, string>> = {
  ANTHROPIC:
    'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
};

describe('a provider that counts as many tokens as a count may have, in each turn', () => {
  const running = useServerProcess();

  it.each(providerIdsOf('CHAT'))('costs no user the end of a chat: %s', async (provider) => {
    const { server, standIn } = running();
    for (const each of [provider, 'BRAVE'] as const) {
      standIn.acceptKey(each, KEY);
      await server.storeKey(provider, each, KEY);
    }
    const says = (...pieces: readonly string[]): void => {
      const chunks = [beginnings[provider] ?? '', ...pieces];
      standIn.once(provider, replay(chunks.map((chunk) => chunk.replace(COUNT, `"$1":${String(MOST)}`))));
    };
    const [first, second] = [voices[provider](), voices[provider]()];
    says(first.call('web_search', { query: 'words' }), first.end());
    says(second.text('So it is.'), second.end());
    const hit = { title: 'A', url: 'https://example.com/', snippet: '', content: '' };
    for (const answer of engineVoices.BRAVE(hit)) standIn.once('BRAVE', reply(answer));

    const events = await server.chatEvents(provider, {
      ...naming(provider),
      webSearch: { provider: 'BRAVE' },
    });
    expect(events.at(-1)).toMatchObject({
      __typename: 'ChatCompleted',
      usage: { inputTokens: MOST, outputTokens: MOST },
    });
    expect((await server.query(provider, USAGE)).usage.totals).toEqual({
      inputTokens: MOST,
      outputTokens: MOST,
    });
  });
});
