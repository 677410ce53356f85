import { createDeepSeek } from '@ai-sdk/deepseek';
import { createGroq } from '@ai-sdk/groq';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createXai } from '@ai-sdk/xai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenerativeAI } from '@google/generative-ai';
import { jest } from '@jest/globals';
import OpenAI from 'openai';
import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import type { ChatProviderEntry } from '../../src/providers/chat/contract.js';

/** What a provider's own package says of an answer. */
export interface Reference {
  /** All that the model wrote, in order; Google's package knows no thoughts and takes them for text. */
  readonly text: string;
  readonly failed: boolean;
}

type Ask = (answer: () => Response) => AsyncIterable<string>;

const references: ReadonlyMap<ChatProviderEntry, Ask> = new Map<ChatProviderEntry, Ask>([
  [anthropic, askAnthropic],
  [google, askGoogle],
]);

export async function referenceOf(
  entry: ChatProviderEntry,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Reference> {
  const ask = references.get(entry) ?? askOpenAi;
  let text = '';
  try {
    const headers = { 'content-type': 'text/event-stream' };
    for await (const piece of ask(() => new Response(bytes, { headers }))) text += piece;
    return { text, failed: false };
  } catch {
    return { text, failed: true };
  }
}

/** The text is what the package calls `output_text`; where the answer closes without any, its pieces. */
async function* askOpenAi(answer: () => Response): AsyncGenerator<string> {
  const client = new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    logLevel: 'off',
    fetch: () => Promise.resolve(answer()),
  });
  const events = await client.responses.create({ model: 'model', input: 'Hello', stream: true });
  let pieces = '';
  for await (const event of events) {
    if (event.type === 'response.failed') throw new Error('failed');
    if (event.type === 'response.output_text.delta') pieces += event.delta;
    if (event.type !== 'response.completed') continue;
    const parts = event.response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
    const text = parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
    yield text === '' ? pieces : text;
  }
}

async function* askAnthropic(answer: () => Response): AsyncGenerator<string> {
  const client = new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    logLevel: 'off',
    fetch: () => Promise.resolve(answer()),
  });
  const events = await client.messages.create({
    model: 'claude-haiku-5-5',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  });
  for await (const event of events) {
    if (event.type === 'content_block_start' && event.content_block.type === 'text')
      yield event.content_block.text;
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
  }
}

async function* askGoogle(answer: () => Response): AsyncGenerator<string> {
  const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(answer()));
  try {
    const model = new GoogleGenerativeAI('none').getGenerativeModel({ model: 'model' });
    const { stream, response } = await model.generateContentStream('Hello');
    response.catch(() => null);
    for await (const chunk of stream) yield chunk.text();
  } finally {
    fetching.mockRestore();
  }
}

/** What a package of the Vercel AI SDK says of an answer in Chat Completions. */
export interface ChunksReference {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
}

type Fetch = typeof globalThis.fetch;
type LanguageModel = ReturnType<ReturnType<typeof createGroq>>;

const models: Readonly<Record<string, (fetch: Fetch) => LanguageModel>> = {
  groq: (fetch) => createGroq({ apiKey: 'none', fetch })('model'),
  deepseek: (fetch) => createDeepSeek({ apiKey: 'none', fetch })('model'),
  mistral: (fetch) => createMistral({ apiKey: 'none', fetch })('model'),
  xai: (fetch) => createXai({ apiKey: 'none', fetch }).chat('model'),
  'openai-compatible': (fetch) => compatible(fetch),
  'openai-chat': (fetch) => compatible(fetch),
};

const compatible = (fetch: Fetch): LanguageModel =>
  createOpenAICompatible({ name: 'compatible', baseURL: 'https://compatible.example/v1', fetch })('model');

/** The folders of recordings that are in Chat Completions. */
export const foldersOfChunks: ReadonlySet<string> = new Set(Object.keys(models));

/** @param folder of the recording: it says which package reads it */
export async function chunksReferenceOf(
  folder: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ChunksReference> {
  const answer = new Response(bytes, { headers: { 'content-type': 'text/event-stream' } });
  const model = models[folder]!(() => Promise.resolve(answer));
  const { stream } = await model.doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  });
  let [text, reasoning] = ['', ''];
  const calls: { name: string; input: unknown }[] = [];
  for await (const part of stream) {
    if (part.type === 'error') throw new Error('failed');
    if (part.type === 'text-delta') text += part.delta;
    if (part.type === 'reasoning-delta') reasoning += part.delta;
    if (part.type === 'tool-call') calls.push({ name: part.toolName, input: JSON.parse(part.input) });
  }
  return { text, reasoning, calls };
}
