import type { ChatPart } from './contract.js';

/** A piece of what the model wrote; none for what is no text or an empty one, which the contract does not let pass. */
export function textParts(type: 'text' | 'reasoning', text: unknown): ChatPart[] {
  return typeof text === 'string' && text !== '' ? [{ type, text }] : [];
}
