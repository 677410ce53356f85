import assert from 'node:assert/strict';
import { heading, show, stream } from '../screen.mjs';

const CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) { ... on TextDelta { text } ... on ChatCompleted { finishReason } }
}`;

/** A picture of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** @param {import('../demo.mjs').Demo} demo */
export async function showImages({ client, keys, standIn }) {
  heading('A chat about a picture and a document that were sent before');
  const plan = await client.attach('plan.txt', Buffer.from('The roof is green.\n'.repeat(20_000)));
  show('plan.txt', `${plan.mimeType}, ${plan.bytes} bytes: kept sealed until ${plan.expiresAt}`);
  const parts = [
    { text: 'Is this the roof of the plan?' },
    { image: { data: picture.toString('base64'), mimeType: 'image/png' } },
    { file: { attachmentId: plan.id } },
  ];
  const input = { provider: 'ANTHROPIC', messages: [{ role: 'USER', parts }] };
  let hasText = false;
  for await (const event of client.chat(CHAT, { input })) {
    if (event.text) stream(hasText ? event.text : `   ${event.text}`);
    hasText ||= Boolean(event.text);
    if (event.finishReason) stream('\n');
    if (event.finishReason) show('ChatCompleted', event.finishReason);
  }
  const asked = standIn.requests.at(-1);
  assert.equal(asked?.key, keys.ANTHROPIC, 'ANTHROPIC was asked with another key');
  const sent = JSON.stringify(asked?.body);
  assert.ok(sent.includes(picture.toString('base64')), 'the picture did not arrive');
  assert.equal(sent.split('The roof is green.').length, 20_001, 'the document did not arrive');
}
