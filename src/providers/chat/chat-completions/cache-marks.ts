import { isJsonObject } from '../../../common/is-json-object.js';

/** Marks the instructions and the last turn: as far as these a cache is to hold the request. */
export function withCacheMarks(messages: readonly unknown[]): unknown[] {
  return messages.map((message, place) => {
    const isMarked = place === messages.length - 1 || (place === 0 && isInstruction(message));
    return isMarked ? marked(message) : message;
  });
}

const isInstruction = (message: unknown): boolean => isJsonObject(message) && message.role === 'system';

/** https://openrouter.ai/docs/guides/best-practices/prompt-caching: a mark stands at a part that has text. */
function marked(message: unknown): unknown {
  if (!isJsonObject(message)) return message;
  const { content: text } = message;
  if (typeof text !== 'string' || text.trim() === '') return message;
  return { ...message, content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] };
}
