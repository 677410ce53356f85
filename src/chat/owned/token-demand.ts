import { mediaOf, PDF } from '../../providers/chat/media.js';
import type { Conversation } from '../conversation/conversation.js';
import type { ChatInput } from '../schema/chat.inputs.js';

/** Bytes of a text that make a token, about; less than in any language's usual text, so that what is reserved is enough. */
const BYTES_A_TOKEN = 3;

/** A large image takes about so many, with any provider: https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const TOKENS_AN_IMAGE = 4_000;
/** A page of a PDF takes up to 3,000, and has 30,000 bytes or more: https://platform.claude.com/docs/en/build-with-claude/pdf-support#estimate-your-costs */
const PDF_BYTES_A_TOKEN = 10;

/** What a chat may need of a key's month. @param conversation what the input says, which has its images and files */
export function tokenDemandOf(
  { messages, tools, responseSchema, maxOutputTokens }: ChatInput,
  conversation: Conversation,
): {
  input: number;
  output: number | null;
} {
  let bytes = 0;
  for (const { content, parts, toolCalls, transcript } of messages) {
    if (content) bytes += Buffer.byteLength(content);
    for (const { text } of parts ?? []) bytes += Buffer.byteLength(text ?? '');
    for (const { name, arguments: input } of toolCalls ?? [])
      bytes += Buffer.byteLength(name) + Buffer.byteLength(input?.text ?? '');
    // Sealed, it is a third longer than what the provider gets of it, at the least.
    bytes += Math.ceil((transcript?.length ?? 0) * 0.75);
  }
  for (const { description, parameters } of tools ?? [])
    bytes += Buffer.byteLength(description ?? '') + Buffer.byteLength(parameters.text);
  if (responseSchema) bytes += Buffer.byteLength(responseSchema.text);
  let tokens = 0;
  for (const { type, mimeType, content } of mediaOf(conversation)) {
    if (type === 'image') tokens += TOKENS_AN_IMAGE;
    else tokens += content.bytes / (mimeType === PDF ? PDF_BYTES_A_TOKEN : BYTES_A_TOKEN);
  }
  return { input: Math.ceil(bytes / BYTES_A_TOKEN + tokens), output: maxOutputTokens ?? null };
}
