import assert from 'node:assert/strict';
import { heading, say, show } from '../screen.mjs';

export const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) {
    replacedKeyId
    apiKey { id maskedKey status }
  }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function storeKeys({ client, keys, endpoint }) {
  heading('Alice stores her keys');
  show('she sends', keys.OPENAI);
  say('and this is all that she, or anyone, gets to see of her keys again:');
  for (const [provider, apiKey] of Object.entries(keys)) {
    const input = provider === 'CUSTOM' ? { provider, apiKey, endpoint } : { provider, apiKey };
    const { storeApiKey } = await client.request(STORE, { input });
    assert.ok(!JSON.stringify(storeApiKey).includes(apiKey), 'a key came back');
    show(provider, `${storeApiKey.apiKey.maskedKey}  ${storeApiKey.apiKey.status}`);
  }
  const { apiKeys } = await client.request('{ apiKeys { id } }');
  assert.equal(apiKeys.length, Object.keys(keys).length, 'not every key is listed');
}
