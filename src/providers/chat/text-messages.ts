import type { ChatMessage, ChatTurn, ToolStep } from './contract.js';
import { neighboursIn } from './neighbours.js';

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;

/** The instructions of a conversation, wherever they stand in it. */
export const instructionsIn = (turns: readonly ChatTurn[]): ChatMessage[] =>
  turns.filter((turn): turn is ChatMessage => turn.role === 'SYSTEM');

interface TextMessage {
  readonly role: (typeof roles)[ChatMessage['role']];
  readonly content: string;
}

/** A conversation as OpenAI's APIs take it: a text for each change of roles. */
export const toTextMessages = <Item>(
  turns: readonly ChatTurn[],
  toItems: (step: ToolStep) => readonly Item[],
): (TextMessage | Item)[] =>
  neighboursIn(turns).flatMap((group): readonly (TextMessage | Item)[] => {
    const [{ role }] = group;
    if (role === 'CALLS') return (group as ToolStep[]).flatMap(toItems);
    const texts = (group as ChatMessage[]).map(({ content }) => content);
    return [{ role: roles[role], content: texts.join('\n\n') }];
  });
