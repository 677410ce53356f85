import assert from 'node:assert/strict';
import { heading, show } from '../screen.mjs';

const COMPLETE = `mutation ($input: ChatInput!) {
  completeChat(input: $input) { text schemaValid }
}`;

/** What an application wants to know of a city. */
const city = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    size: { enum: ['SMALL', 'LARGE'] },
    twins: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'size', 'twins'],
};

/** @param {import('../demo.mjs').Demo} demo */
export async function answerBySchema({ client }) {
  heading('An answer as JSON that fits her application');
  const messages = [{ role: 'USER', content: 'A city by a river, please.' }];
  for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE']) {
    const input = { provider, messages, responseSchema: city };
    const { text, schemaValid } = (await client.request(COMPLETE, { input })).completeChat;
    assert.equal(schemaValid, true, `${provider} answered with what does not fit`);
    show(provider, `${JSON.stringify(JSON.parse(text))} fits`);
  }
}
