import assert from 'node:assert/strict';
import { ENDPOINT_NAME } from '../demo.mjs';
import { heading, say, show, stream } from '../screen.mjs';

const CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on ChatStarted { model keySource maskedKey }
    ... on TextDelta { text }
    ... on ChatCompleted { finishReason usage { inputTokens outputTokens cost { amount } } timings { timeToFirstTokenMs totalMs } }
    ... on ChatFailed { error { code message } }
  }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function streamChats(demo) {
  for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'OPENROUTER']) {
    heading(`A chat with ${provider}, streamed with her key`);
    await streamChat(demo, provider);
    const asked = demo.standIn.requests.at(-1);
    assert.equal(asked?.key, demo.keys[provider], `${provider} was asked with another key`);
  }
}

/** A server of her own, which speaks what OpenAI's does. @param {import('../demo.mjs').Demo} demo */
export async function streamFromEndpoint(demo) {
  heading('A chat with an endpoint of her own, streamed with the key that she stored for it');
  show('its address', demo.endpoint.baseUrl);
  say('The key is sealed with it, and goes nowhere else.');
  await streamChat(demo, 'CUSTOM', { endpoint: ENDPOINT_NAME, model: 'local-model' });
  const asked = demo.standIn.requests.at(-1);
  assert.equal(asked?.provider, 'CUSTOM', 'another address was asked');
  assert.equal(asked?.key, demo.keys.CUSTOM, 'the endpoint was asked with another key');
  assert.equal(asked?.headers.via, '1.1 keystream', 'the endpoint was not told who asks');
}

/** @param {import('../demo.mjs').Demo} demo @param {string} provider @param {object} [more] */
async function streamChat({ client }, provider, more) {
  const types = [];
  for await (const event of openChat(client, provider, 'Why bring my own key?', more)) {
    types.push(event.__typename);
    if (event.__typename === 'ChatStarted') {
      show('ChatStarted', `${event.model}, key ${event.maskedKey} (${event.keySource})`);
      stream('   ');
    } else if (event.__typename === 'TextDelta') {
      stream(event.text);
    } else {
      stream('\n');
      show(event.__typename, event.error ? event.error.code : summary(event));
    }
  }
  assert.equal(types[0], 'ChatStarted', 'the chat did not begin with ChatStarted');
  assert.equal(types.at(-1), 'ChatCompleted', 'the chat was not completed');
  assert.ok(types.length > 3, 'the answer came in one piece');
}

/** @param {Record<string, any>} completed */
function summary({ usage, timings }) {
  const cost = usage.cost ? `$${usage.cost.amount}` : 'at no known price';
  const tokens = `${usage.inputTokens} tokens in, ${usage.outputTokens} out, ${cost}`;
  return `${tokens}, first words after ${timings.timeToFirstTokenMs.toFixed(0)} ms, all after ${timings.totalMs.toFixed(0)} ms`;
}

/** How a chat ends. @param {import('../client.mjs').Client} client @param {string} provider */
export async function outcomeOfChat(client, provider) {
  let last;
  for await (const event of openChat(client, provider, 'Still there?')) last = event;
  return last?.__typename === 'ChatFailed' ? `ChatFailed: ${last.error.code}` : last?.__typename;
}

/** @param {import('../client.mjs').Client} client @param {string} provider @param {string} content @param {object} [more] */
function openChat(client, provider, content, more = {}) {
  return client.chat(CHAT, { input: { provider, messages: [{ role: 'USER', content }], ...more } });
}
