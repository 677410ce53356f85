import { replay } from '../../demo/stand-in/behaviours.mjs';
import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { naming } from '../support/naming.js';
import { modelOf } from '../support/openai-client.js';
import { signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const KEY = 'key-of-alice-0123456789';
/** Names that the providers' packages treat each in a way of its own. */
const names = [
  null,
  'error',
  'ping',
  'completion',
  'message_start',
  'response.completed',
  'thread.message.delta',
  'done',
  'x',
];
const MODELS = `query ($provider: ChatProvider!, $endpoint: String) {
  models(provider: $provider, endpoint: $endpoint) { source models { id displayName } }
}`;
const notJson = [KEY, `{"error":"${KEY}`, `[DONE ${KEY}`, `{"a":${KEY}}`, `"${KEY}`];

describe('a provider that says the key where JSON should be', () => {
  const running = useServerProcess({ LOG_LEVEL: 'trace' });

  it('has it printed nowhere: neither by the server nor by a package that it uses', async () => {
    const { server, standIn } = running();
    for (const provider of providerIdsOf('CHAT')) {
      standIn.acceptKey(provider, KEY);
      await server.storeKey('alice', provider, KEY);
      for (const name of names) {
        for (const data of notJson) {
          standIn.once(provider, replay([`${name === null ? '' : `event: ${name}\n`}data: ${data}\n\n`]));
          const events = await server.chatEvents('alice', naming(provider));
          expect(events.at(-1)).toMatchObject({ __typename: 'ChatFailed' });
          expect(JSON.stringify(events)).not.toContain(KEY);
        }
        standIn.once(provider, replay([`data: ${KEY}\n\n`]));
        const response = await fetch(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${await signToken('alice')}`,
          },
          body: JSON.stringify({ model: modelOf(provider), messages: [{ role: 'user', content: 'Hello' }] }),
        });
        expect(response.status).toBeGreaterThanOrEqual(500);
        expect(await response.text()).not.toContain(KEY);
      }
    }
    for (const provider of providerIdsOf('CHAT')) {
      for (const body of [...notJson, JSON.stringify({ error: { message: KEY } })]) {
        standIn.once(provider, (exchange) =>
          exchange.reply({ status: 200, headers: { 'content-type': 'application/json' }, body }),
        );
        const { endpoint } = naming(provider);
        expect(JSON.stringify(await server.post('alice', MODELS, { provider, endpoint }))).not.toContain(KEY);
      }
    }
    const { stdout, stderr } = await server.kill('SIGKILL');
    expect(stdout + stderr).not.toContain(KEY);
  });
});
