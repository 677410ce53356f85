import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { naming } from '../support/naming.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const PAGE = '<!DOCTYPE html><title>Just a moment...</title>';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { provider } }';
const AUDIT = '{ auditEvents(first: 20) { edges { node { kind provider outcome } } } }';

/** Whose fault a failure is, as the user sees it: in the code, in the health of the key and in the audit trail. */
describe('a failure that is not the key’s', () => {
  const server = useTestServer();

  const health = async (): Promise<string> => {
    const { apiKeys } = await server().query('alice', '{ apiKeys { health } }');
    return apiKeys[0].health as string;
  };
  const used = async (): Promise<string[]> => {
    const { auditEvents } = await server().query('alice', AUDIT);
    return auditEvents.edges
      .map(({ node }: any) => `${node.kind} ${node.outcome}`)
      .filter((row: string) => !row.startsWith('KEY_STORED'))
      .reverse();
  };

  it.each(providerIdsOf('CHAT'))('leaves the key of %s as it was', async (provider) => {
    await server().storeKey('alice', provider, KEY);
    for (const status of [401, 402, 403]) {
      server().standIn.once(
        provider,
        reply({ status, body: PAGE, headers: { 'content-type': 'text/html' } }),
      );
      const events = await server().chatEvents('alice', naming(provider));
      expect(events.at(-1)).toMatchObject({ error: { code: 'PROVIDER_UNAVAILABLE', retryable: true } });
      expect(await health()).toBe('UNVERIFIED');
    }
  });

  it.each(providerIdsOf('SEARCH'))('leaves the key of %s as it was', async (provider) => {
    await server().storeKey('alice', provider, KEY);
    for (const status of [401, 402, 403, 432]) {
      server().standIn.once(
        provider,
        reply({ status, body: PAGE, headers: { 'content-type': 'text/html' } }),
      );
      const { errors } = await server().post('alice', SEARCH, { input: { query: 'words', provider } });
      expect(errors[0]).toMatchObject({
        extensions: { code: 'PROVIDER_UNAVAILABLE', retryable: true },
      });
      expect(await health()).toBe('UNVERIFIED');
    }
  });

  it('waits for what the provider’s words name, inside a stream, too', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const limited = { error: { code: 'rate_limit_exceeded', message: 'Please try again in 20ms.' } };
    server().standIn.once('OPENAI', replay([`data: ${JSON.stringify(limited)}\n\n`]));
    const events = await server().chatEvents('alice', {});
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    expect(server().standIn.requests).toHaveLength(2);
  });

  it('keeps the effort where an organisation gets no summaries, and writes the use down once', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    server().standIn.once('OPENAI', reply(openaiErrors.unverified('reasoning.summary')));
    const events = await server().chatEvents('alice', { reasoningEffort: 'LOW' });
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
    expect(server().standIn.requests.map(({ body }) => body.reasoning)).toEqual([
      { effort: 'low', summary: 'auto' },
      { effort: 'low' },
    ]);
    expect(await used()).toEqual(['KEY_USED OK', 'CHAT_FINISHED OK']);
    expect(await health()).toBe('VALID');
  });
});
