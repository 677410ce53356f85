import type { ChatInput } from '../schema/chat.inputs.js';

/** Bytes of a text that make a token, about; less than in any language's usual text, so that what is reserved is enough. */
const BYTES_A_TOKEN = 3;

/** What a chat may need of a key's month. */
export function tokenDemandOf({ messages, tools, responseSchema, maxOutputTokens }: ChatInput): {
  input: number;
  output: number | null;
} {
  let bytes = 0;
  for (const { content, toolCalls, transcript } of messages) {
    if (content) bytes += Buffer.byteLength(content);
    for (const { name, arguments: input } of toolCalls ?? [])
      bytes += Buffer.byteLength(name) + Buffer.byteLength(input?.text ?? '');
    // Sealed, it is a third longer than what the provider gets of it, at the least.
    bytes += Math.ceil((transcript?.length ?? 0) * 0.75);
  }
  for (const { description, parameters } of tools ?? [])
    bytes += Buffer.byteLength(description ?? '') + Buffer.byteLength(parameters.text);
  if (responseSchema) bytes += Buffer.byteLength(responseSchema.text);
  return { input: Math.ceil(bytes / BYTES_A_TOKEN), output: maxOutputTokens ?? null };
}
