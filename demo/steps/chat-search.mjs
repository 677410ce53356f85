import assert from 'node:assert/strict';
import { heading, show, stream } from '../screen.mjs';

const CHAT = `subscription ($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on SearchStarted { engine query }
    ... on SearchFinished { engine query results { title } failure { code } }
    ... on TextDelta { text }
    ... on ChatCompleted { finishReason }
  }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function searchInChat({ client, standIn, keys }) {
  heading('A chat whose model searches the web, two searches at once, with her keys');
  const content = 'What is new? search: envelope encryption; key rotation';
  const input = {
    provider: 'ANTHROPIC',
    messages: [{ role: 'USER', content }],
    webSearch: { provider: 'BRAVE' },
  };
  /** @type {string[]} */
  const types = [];
  for await (const event of client.chat(CHAT, { input })) {
    if (event.__typename !== types.at(-1)) {
      if (event.__typename === 'TextDelta') stream('   ');
      if (types.at(-1) === 'TextDelta') stream('\n');
    }
    types.push(event.__typename);
    showEvent(event);
  }
  const count = (/** @type {string} */ type) => types.filter((name) => name === type).length;
  assert.equal(count('SearchStarted'), 2, 'the model did not search twice');
  assert.equal(count('SearchFinished'), 2, 'a search did not finish');
  assert.equal(types.at(-1), 'ChatCompleted', 'the chat was not completed');
  assert.equal(standIn.requests.at(-2)?.key, keys.BRAVE, 'BRAVE was asked with another key');
}

/** @param {Record<string, any>} event */
function showEvent({ __typename, engine, query, results, failure, text, finishReason }) {
  if (__typename === 'SearchStarted') show('SearchStarted', `${engine}: ${query}`);
  if (__typename === 'SearchFinished') {
    show('SearchFinished', `${query}: ${failure ? failure.code : `${results.length} results`}`);
    assert.equal(failure, null, 'a search failed');
  }
  if (__typename === 'TextDelta') stream(text);
  if (__typename === 'ChatCompleted') show('ChatCompleted', finishReason);
}
