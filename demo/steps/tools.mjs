import assert from 'node:assert/strict';
import { heading, show, stream } from '../screen.mjs';

const CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on TextDelta { text }
    ... on ToolCallsRequested { calls { id name arguments } transcript }
    ... on ChatCompleted { finishReason }
  }
}`;

/** A tool as an application has one. */
const getWeather = {
  name: 'get_weather',
  description: 'The weather of a city, now.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** @param {import('../demo.mjs').Demo} demo */
export async function callTools({ client, keys, standIn }) {
  heading('A chat whose model calls a tool of her own application');
  const question = { role: 'USER', content: 'Do I need an umbrella?\ncall: get_weather {"city":"Paris"}' };
  const input = { provider: 'GOOGLE', tools: [getWeather] };
  const { calls, transcript } = await chat(client, { ...input, messages: [question] });
  assert.equal(calls.length, 1, 'the model called no tool');
  const [{ id, name, arguments: asked }] = calls;
  show(name, `${asked.city}: her application looks it up`);
  const answered = await chat(client, {
    ...input,
    messages: [
      question,
      { role: 'ASSISTANT', toolCalls: calls, transcript },
      { role: 'TOOL', toolCallId: id, content: 'Rain, 12 °C' },
    ],
  });
  assert.equal(answered.calls.length, 0, 'the model called the tool again');
  assert.equal(standIn.requests.at(-1)?.key, keys.GOOGLE, 'GOOGLE was asked with another key');
}

/** @param {import('../client.mjs').Client} client @param {Record<string, unknown>} input */
async function chat(client, input) {
  /** @type {Record<string, any>} */
  let requested = { calls: [], transcript: null };
  let hasText = false;
  for await (const event of client.chat(CHAT, { input })) {
    if (event.__typename === 'TextDelta') {
      stream(hasText ? event.text : `   ${event.text}`);
      hasText = true;
    }
    if (event.__typename === 'ToolCallsRequested') {
      requested = event;
      show('ToolCallsRequested', event.calls.map((/** @type {any} */ call) => call.name).join(', '));
    }
    if (event.__typename === 'ChatCompleted') {
      if (hasText) stream('\n');
      show('ChatCompleted', event.finishReason);
    }
  }
  return requested;
}
