import assert from 'node:assert/strict';
import { heading, show } from '../screen.mjs';
import { outcomeOfChat } from './chats.mjs';
import { STORE } from './keys.mjs';

const ENABLE = `mutation ($keyId: ID!) {
  updateApiKey(input: { keyId: $keyId, enabled: true }) { apiKey { id } }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function rotateKey({ client, standIn, keys }) {
  heading('She rotates a key: the old one is refused from then on');
  const oldKey = String(keys.OPENAI);
  const newKey = `${oldKey.slice(0, -4)}new0`;
  standIn.revokeKey('OPENAI', oldKey);
  standIn.acceptKey('OPENAI', newKey);

  const before = await outcomeOfChat(client, 'OPENAI');
  assert.equal(before, 'ChatFailed: KEY_REJECTED', 'the provider took a key that it revoked');
  show('the old key', before);

  const { storeApiKey } = await client.request(STORE, { input: { provider: 'OPENAI', apiKey: newKey } });
  const { apiKey, replacedKeyId } = storeApiKey;
  assert.ok(replacedKeyId, 'nothing was replaced');
  show('storeApiKey', `${apiKey.maskedKey} replaces ${replacedKeyId}`);

  const refusal = await client.request(ENABLE, { keyId: replacedKeyId }).catch((error) => error.code);
  assert.equal(refusal, 'KEY_NOT_FOUND', 'the old key could be switched on again');
  show('the old key', `${refusal}: its ciphertext is destroyed, nothing brings it back`);

  const after = await outcomeOfChat(client, 'OPENAI');
  assert.equal(after, 'ChatCompleted', 'the new key does not work');
  assert.equal(standIn.requests.at(-1)?.key, newKey, 'the provider was asked with another key');
  show('the new key', after);
}
