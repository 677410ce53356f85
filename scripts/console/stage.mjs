// A server with the stand-in and a person who has used it for a while: what the console is looked at with.
import { Demo, ENDPOINT_NAME } from '../../demo/demo.mjs';
import { STORE } from '../../demo/steps/keys.mjs';
import { serverEntry } from '../../demo/server-process.mjs';
import { buildIfNeeded } from '../build-if-needed.mjs';
import { makePast } from './past.mjs';

const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { chatId } }';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { took: tookMs } }';
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
const KEYS = '{ apiKeys { id provider } }';
const ALERTS = '{ keyAlertHistory(first: 1) { edges { node { rule } } } }';
/** So many refusals of a key within an hour raise an alert. */
const REFUSALS = 5;

/** Has the demo's server running while something is done with it. @param {(demo: Demo) => Promise<void>} use */
export async function onStage(use) {
  buildIfNeeded(serverEntry, 2);
  const demo = new Demo();
  try {
    await demo.start();
    await live(demo);
    await makePast(demo);
    await worry(demo);
    await use(demo);
  } finally {
    await demo.stop();
  }
}

/** Mistral's key works no more, and something goes on using it. @param {Demo} demo */
async function worry({ client, keys, standIn }) {
  const { apiKeys } = await client.request(KEYS);
  const keyId = apiKeys.find((/** @type {any} */ { provider }) => provider === 'MISTRAL').id;
  await client.request(UPDATE, { input: { keyId, enabled: true } });
  standIn.revokeKey('MISTRAL', String(keys.MISTRAL));
  const input = { messages: [{ role: 'USER', content: 'Are you there?' }], provider: 'MISTRAL' };
  for (let count = 0; count < REFUSALS; count += 1)
    await client.request(COMPLETE, { input }).catch(() => undefined);
  for (;;) {
    const { keyAlertHistory } = await client.request(ALERTS);
    if (keyAlertHistory.edges.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Where a page of the console is, with Alice signed in. @param {Demo} demo @param {string} page */
export const addressOf = ({ url, token }, page) => `${url}/console/${page}#token=${token}`;

/** @param {Demo} demo */
async function live({ client, keys, endpoint }) {
  const { OPENAI, ANTHROPIC, GOOGLE, MISTRAL, CUSTOM, TAVILY, BRAVE } = keys;
  const soon = new Date(Date.now() + 5 * 86_400_000).toISOString();
  for (const input of [
    { provider: 'OPENAI', apiKey: OPENAI, name: 'Work', verify: true },
    { provider: 'ANTHROPIC', apiKey: ANTHROPIC, name: 'Research', verify: true },
    { provider: 'GOOGLE', apiKey: GOOGLE, expiresAt: soon },
    { provider: 'MISTRAL', apiKey: MISTRAL },
    { provider: 'CUSTOM', apiKey: CUSTOM, endpoint },
    { provider: 'TAVILY', apiKey: TAVILY, verify: true },
    { provider: 'BRAVE', apiKey: BRAVE },
  ])
    await client.request(STORE, { input });
  const { apiKeys } = await client.request(KEYS);
  /** @param {string} provider */
  const idOf = (provider) => apiKeys.find((/** @type {any} */ key) => key.provider === provider).id;
  await client.request(UPDATE, { input: { keyId: idOf('MISTRAL'), enabled: false } });
  await client.request(UPDATE, {
    input: { keyId: idOf('OPENAI'), monthlyLimit: { cost: { amount: '20', currency: 'USD' } } },
  });
  await client.request(UPDATE, {
    input: {
      keyId: idOf('ANTHROPIC'),
      allowedModels: ['claude-*'],
      monthlyLimit: { requests: 500 },
    },
  });
  const messages = [{ role: 'USER', content: 'Why bring my own key?' }];
  for (const provider of ['OPENAI', 'ANTHROPIC', 'OPENAI', 'GOOGLE', 'ANTHROPIC', 'OPENAI'])
    await client.request(COMPLETE, { input: { messages, provider } });
  await client.request(COMPLETE, {
    input: { messages, provider: 'CUSTOM', endpoint: ENDPOINT_NAME, model: 'local-model' },
  });
  await client.request(SEARCH, { input: { query: 'bring your own key' } });
}
