import type { ChatPart } from './contract.js';

/** A piece of what the model wrote; null for what is no text or none at all, which the contract does not let pass. */
export function textPart(type: 'text' | 'reasoning', text: unknown): ChatPart | null {
  return typeof text === 'string' && text !== '' ? { type, text } : null;
}
