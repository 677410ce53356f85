import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { heading, say, show, stream } from './screen.mjs';

/** @typedef {import('./client.mjs').Client} Client */

const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { replacedKeyId apiKey { id provider maskedKey status } }
}`;

const CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on ChatStarted { provider model keySource maskedKey }
    ... on TextDelta { text }
    ... on ChatCompleted { finishReason usage { inputTokens outputTokens } timings { timeToFirstTokenMs totalMs } }
    ... on ChatFailed { error { code message } }
  }
}`;

const SEARCH = `query ($input: WebSearchInput!) {
  webSearch(input: $input) { provider keySource tookMs results { title url snippet } }
}`;

const ENABLE = `mutation ($keyId: ID!) {
  updateApiKey(input: { keyId: $keyId, enabled: true }) { apiKey { id } }
}`;

const AUDIT = `{
  auditEvents(first: 8) { edges { node { at kind provider model outcome inputTokens outputTokens } } }
  usage { totals { chats searches failures inputTokens outputTokens } }
}`;

/** @param {Client} client @param {Record<string, string>} keys by provider */
export async function storeKeys(client, keys) {
  heading('Alice stores her keys');
  for (const [provider, apiKey] of Object.entries(keys)) {
    const { storeApiKey } = await client.request(STORE, { input: { provider, apiKey } });
    assert.ok(!JSON.stringify(storeApiKey).includes(apiKey), 'a key came back');
    show(provider, `${storeApiKey.apiKey.maskedKey}  ${storeApiKey.apiKey.status}`);
  }
}

/** @param {string} dataDir @param {Record<string, string>} keys */
export async function showDatabase(dataDir, keys) {
  heading('What the database holds of them');
  const database = await PGlite.create(join(dataDir, 'database'));
  const { rows } = await database.query(
    'SELECT provider, envelope FROM sealed_keys JOIN api_keys ON id = key_id',
  );
  await database.close();
  for (const { provider, envelope } of /** @type {{ provider: string, envelope: string }[]} */ (rows)) {
    assert.ok(!envelope.includes(keys[provider] ?? ''), 'a key lies in the database in the clear');
    show(provider, `${envelope.slice(0, 72)}…`);
  }
  assert.equal(rows.length, Object.keys(keys).length);
  say('(the server was stopped to look inside: the embedded database is its alone)');
}

/** @param {Client} client @param {string} provider */
export async function streamChat(client, provider) {
  heading(`A chat with ${provider}, streamed with her key`);
  const messages = [{ role: 'USER', content: 'Why bring my own key?' }];
  let text = '';
  for await (const event of client.chat(CHAT, { input: { provider, messages } })) {
    if (event.__typename === 'ChatStarted') {
      show('ChatStarted', `${event.model}, key ${event.maskedKey} (${event.keySource})`);
      stream('   ');
    } else if (event.__typename === 'TextDelta') {
      text += event.text;
      stream(event.text);
    } else {
      assert.equal(event.__typename, 'ChatCompleted', JSON.stringify(event.error));
      stream('\n');
      const { usage, timings } = event;
      const first = `first token after ${timings.timeToFirstTokenMs.toFixed(0)} ms`;
      show('ChatCompleted', `${usage.inputTokens} tokens in, ${usage.outputTokens} out, ${first}`);
    }
  }
  assert.notEqual(text, '', 'nothing was streamed');
}

/** @param {Client} client */
export async function searchWeb(client) {
  heading('A web search, with the first engine that she has a key for');
  const { webSearch } = await client.request(SEARCH, { input: { query: 'bring your own key', limit: 3 } });
  assert.ok(webSearch.results.length > 0, 'nothing was found');
  show(webSearch.provider, `${webSearch.results.length} results in ${webSearch.tookMs.toFixed(0)} ms`);
  for (const { title, url } of webSearch.results) show('', `${title}  ${url}`);
}

/**
 * @param {Client} client
 * @param {import('./stand-in/stand-in.mjs').StandIn} standIn
 * @param {string} oldKey
 * @param {string} newKey
 */
export async function rotateKey(client, standIn, oldKey, newKey) {
  heading('She rotates a key: the old one is refused from then on');
  standIn.revokeKey('OPENAI', oldKey);
  show('before', await outcomeOf(client));
  standIn.acceptKey('OPENAI', newKey);
  const { storeApiKey } = await client.request(STORE, { input: { provider: 'OPENAI', apiKey: newKey } });
  assert.ok(storeApiKey.replacedKeyId, 'nothing was replaced');
  show('storeApiKey', `${storeApiKey.apiKey.maskedKey} replaces key ${storeApiKey.replacedKeyId}`);
  const refused = await client
    .request(ENABLE, { keyId: storeApiKey.replacedKeyId })
    .catch((error) => error.code);
  assert.equal(refused, 'KEY_NOT_FOUND');
  show('the old key', `${refused}: its ciphertext is destroyed`);
  const after = await outcomeOf(client);
  assert.equal(after, 'ChatCompleted');
  show('after', after);
}

/** @param {Client} client */
async function outcomeOf(client) {
  const messages = [{ role: 'USER', content: 'Still there?' }];
  let last;
  for await (const event of client.chat(CHAT, { input: { provider: 'OPENAI', messages } })) last = event;
  return last?.__typename === 'ChatFailed' ? `ChatFailed: ${last.error.code}` : last?.__typename;
}

/** @param {Client} client */
export async function showAudit(client) {
  heading('The audit trail, newest first, and what it all took');
  const { auditEvents, usage } = await client.request(AUDIT);
  for (const { node } of auditEvents.edges) {
    const tokens = node.inputTokens === null ? '' : `  ${node.inputTokens} in, ${node.outputTokens} out`;
    show(
      node.at.slice(11, 19),
      `${node.kind.padEnd(15)} ${node.provider.padEnd(10)} ${node.outcome}${tokens}`,
    );
  }
  const { chats, searches, failures } = usage.totals;
  show('usage', `${chats} chats, ${searches} searches, ${failures} failed`);
  assert.equal(failures, 1, 'the refused key is not in the usage');
}
