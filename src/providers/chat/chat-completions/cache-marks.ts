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
  const { content } = message;
  const parts: unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const place = parts.findLastIndex(hasText);
  if (place === -1) return message;
  const marks = { cache_control: { type: 'ephemeral' } };
  return {
    ...message,
    content: parts.map((part, at) => (at === place ? Object.assign({}, part, marks) : part)),
  };
}

function hasText(part: unknown): boolean {
  const text = isJsonObject(part) ? part.text : null;
  return typeof text === 'string' && text.trim() !== '';
}
