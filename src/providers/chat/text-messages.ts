import type { ChatMessage, ChatTurn, TextMessage, ToolStep } from './contract.js';
import type { ContentPart } from './media.js';
import { neighboursIn } from './neighbours.js';

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;

/** The instructions of a conversation, wherever they stand in it. */
export const instructionsIn = (turns: readonly ChatTurn[]): TextMessage[] =>
  turns.filter((turn): turn is TextMessage => turn.role === 'SYSTEM');

/** What a message holds, as parts. */
export const partsOf = ({ content }: Pick<ChatMessage, 'content'>): readonly ContentPart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

/** Whether a part says anything: beside an image, APIs refuse a text that does not. */
export const isSaid = (part: ContentPart): boolean => part.type !== 'text' || part.text.trim() !== '';

interface Message<Content> {
  readonly role: (typeof roles)[ChatMessage['role']];
  readonly content: Content;
}

/** A conversation as OpenAI's APIs take it: a text for each change of roles; parts only where there is more than text. */
export const toTextMessages = <Item, Part>(
  turns: readonly ChatTurn[],
  toItems: (step: ToolStep) => readonly Item[],
  toPart: (part: ContentPart) => Part,
): (Message<string> | Message<Part[]> | Item)[] =>
  neighboursIn(turns).flatMap((group): readonly (Message<string> | Message<Part[]> | Item)[] => {
    const [{ role }] = group;
    if (role === 'CALLS') return (group as ToolStep[]).flatMap(toItems);
    const messages = group as ChatMessage[];
    const texts = messages.map(({ content }) => content).filter((content) => typeof content === 'string');
    if (texts.length === messages.length) return [{ role: roles[role], content: texts.join('\n\n') }];
    return [{ role: roles[role], content: messages.flatMap(partsOf).filter(isSaid).map(toPart) }];
  });
