import type { ChatInput, ChatMessageInput, ContentPartInput, MediaInput } from '../../../generated/try';
import { newId } from '../../../server/new-id';
import { type Answer, textOf } from './answer';

/** An image or a file that goes with a question. */
export interface Attached {
  readonly id: string;
  readonly kind: 'image' | 'file';
  readonly name: string;
  /** Of the page's own memory, to show an image; null for a file. */
  readonly preview: string | null;
  /** How it is sent: in the request, or by the id of what was sent before. */
  readonly media: MediaInput;
}

export interface Question {
  readonly text: string;
  readonly attached: readonly Attached[];
}

/** A question and its answer. The question from before a reload is not known. */
export interface Turn {
  readonly id: string;
  readonly question: Question | null;
  readonly answer: Answer;
}

/** What is asked with each question: all but the conversation and the request's id. */
export type Options = Omit<ChatInput, 'messages' | 'requestId'>;

/** The request for the answer to a question, with the conversation before it. */
export function requestFor(
  turns: readonly Turn[],
  question: Question,
  instructions: string,
  options: Options,
): ChatInput {
  const system: ChatMessageInput[] =
    instructions.trim() === '' ? [] : [{ role: 'SYSTEM', content: instructions }];
  return {
    ...options,
    messages: [...system, ...turns.flatMap(messagesOf), messageOf(question)],
    requestId: newId(),
  };
}

/** A turn whose question or answer there is nothing of is not told. */
function messagesOf({ question, answer }: Turn): ChatMessageInput[] {
  const text = textOf(answer);
  if (question === null || text.trim() === '') return [];
  return [messageOf(question), { role: 'ASSISTANT', content: text }];
}

function messageOf({ text, attached }: Question): ChatMessageInput {
  if (attached.length === 0) return { role: 'USER', content: text };
  const parts: ContentPartInput[] = attached.map(({ kind, media }) =>
    kind === 'image' ? { image: media } : { file: media },
  );
  return { role: 'USER', parts: text.trim() === '' ? parts : [...parts, { text }] };
}

/** Lets go of the images of questions that are shown no more. */
export function dropPreviews(turns: readonly Turn[]): void {
  for (const { preview } of turns.flatMap(({ question }) => question?.attached ?? []))
    if (preview !== null) URL.revokeObjectURL(preview);
}

/** How much of a request the files in a conversation take. */
export const inlineBytesOf = (turns: readonly Turn[]): number =>
  turns
    .flatMap(({ question }) => question?.attached ?? [])
    .reduce((sum, { media }) => sum + Math.floor(((media.data?.length ?? 0) * 3) / 4), 0);
