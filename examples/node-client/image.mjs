// Asks about an image or a file: node image.mjs plan.pdf "What does it say about the roof?"
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';

const { KEYSTREAM_URL = 'http://127.0.0.1:4000/graphql', KEYSTREAM_TOKEN } = process.env;
const [path, ...words] = process.argv.slice(2);
if (!KEYSTREAM_TOKEN || !path || words.length === 0) {
  console.error('Usage: KEYSTREAM_TOKEN=<token> node image.mjs <file> <question>');
  process.exit(1);
}

const authorization = `Bearer ${KEYSTREAM_TOKEN}`;

const COMPLETE = /* GraphQL */ `
  mutation Complete($input: ChatInput!) {
    completeChat(input: $input) {
      text
    }
  }
`;

/** @param {Response} response @returns {Promise<any>} */
async function answerOf(response) {
  const answer = /** @type {any} */ (await response.json());
  const [error] = answer.errors ?? [];
  if (error) throw new Error(`${error.extensions?.code}: ${error.message}`);
  return answer;
}

// It is read while it is sent, and told by its content: what it is called is for the model alone.
const form = new FormData();
form.append('file', await openAsBlob(path), basename(path));
const sent = await fetch(new URL('/attachments', KEYSTREAM_URL), {
  method: 'POST',
  headers: { authorization },
  body: form,
});
const { id: attachmentId, mimeType } = await answerOf(sent);

const part = mimeType.startsWith('image/') ? { image: { attachmentId } } : { file: { attachmentId } };
const input = { messages: [{ role: 'USER', parts: [{ text: words.join(' ') }, part] }] };
const asked = await fetch(KEYSTREAM_URL, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization },
  body: JSON.stringify({ query: COMPLETE, variables: { input } }),
});
const { data } = await answerOf(asked);
console.log(data.completeChat.text);
