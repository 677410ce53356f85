import type { ChatMessage } from './contract.js';
import { neighboursIn } from './neighbours.js';

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;

/** A conversation as OpenAI's APIs take it: a text for each change of roles. */
export const toTextMessages = (messages: readonly ChatMessage[]) =>
  neighboursIn(messages).map((group) => ({
    role: roles[group[0].role],
    content: group.map(({ content }) => content).join('\n\n'),
  }));
