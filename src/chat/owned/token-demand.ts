import type { ChatInput } from '../schema/chat.inputs.js';

/** Bytes of a text that make a token, about; less than in any language's usual text, so that what is reserved is enough. */
const BYTES_A_TOKEN = 3;

/** What a chat may need of a key's month. */
export function tokenDemandOf({ messages, maxOutputTokens }: ChatInput): {
  input: number;
  output: number | null;
} {
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return { input: Math.ceil(bytes / BYTES_A_TOKEN), output: maxOutputTokens ?? null };
}
