import type { ChatPart } from '../contract.js';
import { textParts } from '../text-part.js';
import { listAt, valueAt } from '../value-at.js';

/** What the model wrote in a delta, in its order. */
export function partsOfDelta(delta: unknown): ChatPart[] {
  const content = valueAt(delta, 'content');
  return [
    ...textParts('reasoning', reasoningIn(delta)),
    ...(Array.isArray(content) ? content.flatMap(partsOfContent) : textParts('text', content)),
    ...textParts('text', valueAt(delta, 'refusal')),
  ];
}

/** Some servers send the same under both names. */
function reasoningIn(delta: unknown): unknown {
  return valueAt(delta, 'reasoning_content') || valueAt(delta, 'reasoning');
}

/** A part of a list, as Mistral sends it: https://docs.mistral.ai/capabilities/reasoning */
function partsOfContent(part: unknown): ChatPart[] {
  const thinking = valueAt(part, 'thinking');
  if (thinking === undefined) return textParts('text', valueAt(part, 'text'));
  if (typeof thinking === 'string') return textParts('reasoning', thinking);
  return listAt(part, 'thinking').flatMap((piece) => textParts('reasoning', valueAt(piece, 'text')));
}
