// Asks with the package of OpenAI, by whichever provider the model names: node openai.mjs [--model name] "Why is the sky blue?"
import { parseArgs } from 'node:util';
import OpenAI from 'openai';

const { KEYSTREAM_URL = 'http://127.0.0.1:4000/v1', KEYSTREAM_TOKEN } = process.env;
const { values, positionals } = parseArgs({ options: { model: { type: 'string' } }, allowPositionals: true });
const question = positionals.join(' ');
if (!KEYSTREAM_TOKEN || !question) {
  console.error('Usage: KEYSTREAM_TOKEN=<token> node openai.mjs [--model <name>] <question>');
  process.exit(1);
}

// A token in the place of a key: the key is stored with the server.
const openai = new OpenAI({ baseURL: KEYSTREAM_URL, apiKey: KEYSTREAM_TOKEN });

/** The first model that there is a key for. */
async function firstModel() {
  for await (const { id } of openai.models.list()) return id;
  throw new Error('There is no model: store a key first.');
}

try {
  const stream = await openai.chat.completions.create({
    model: values.model ?? (await firstModel()),
    messages: [{ role: 'user', content: question }],
    stream: true,
    stream_options: { include_usage: true },
  });
  // Leaving stops the provider at once.
  process.once('SIGINT', () => stream.controller.abort());
  for await (const { model, choices, usage } of stream) {
    process.stdout.write(choices[0]?.delta.content ?? '');
    if (usage) console.error(`\n${model} · ${usage.total_tokens} tokens`);
  }
} catch (error) {
  // `code` is for programs, the message for people.
  const code = error instanceof OpenAI.APIError && error.code ? `${error.code}: ` : '';
  console.error(code + /** @type {Error} */ (error).message);
  process.exitCode = 1;
}
