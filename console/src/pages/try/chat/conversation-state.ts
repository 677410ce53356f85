import { answerAfter, ended, type Ending, noAnswer, type Watched } from './answer';
import type { ChatEvent, Wait } from './chat-events';
import type { Question, Turn } from './question';

/** A chat that has not started. */
export interface Unanswered {
  /** What was thrown in its place. */
  readonly error: unknown;
  /** Null: it is the chat from before a reload. */
  readonly question: Question | null;
  /** The turn whose question was asked anew; null: it is a new question. */
  readonly repeated: Turn | null;
}

export interface ConversationState {
  readonly turns: readonly Turn[];
  /** What was asked and has not started yet; null: nothing. */
  readonly asked: Question | null;
  /** Whether the last turn goes on. */
  readonly isAnswering: boolean;
  readonly isStopping: boolean;
  /** The connection is lost: when it is tried again. */
  readonly wait: Wait | null;
  /** What has not become a chat; null: nothing. */
  readonly failure: Unanswered | null;
  /** The turn whose question was asked anew; null: it is a new question. */
  readonly repeated: Turn | null;
}

export const nothing: ConversationState = {
  turns: [],
  asked: null,
  isAnswering: false,
  isStopping: false,
  wait: null,
  failure: null,
  repeated: null,
};

type Turns = readonly Turn[];

/** The turns with one more, of a chat that has started. */
export const begun = (turns: Turns, id: string, question: Question | null): Turns => [
  ...turns,
  { id, question, answer: noAnswer },
];

/** The turns after an event of the last one: the same where only a text has grown. */
export function turnsAfter(turns: Turns, event: ChatEvent, watched: Watched): Turns {
  const last = turns.at(-1);
  if (!last) return turns;
  const answer = answerAfter(last.answer, event, watched);
  return answer === last.answer ? turns : [...turns.slice(0, -1), { ...last, answer }];
}

/** The turns when nothing more comes of a chat. @param ending for its answer, if that has none yet */
export function turnsEnded(turns: Turns, chatId: string | null, ending: Ending): Turns {
  const last = turns.at(-1);
  if (last?.id !== chatId || last.answer.ending !== null) return turns;
  return [...turns.slice(0, -1), { ...last, answer: ended(last.answer, ending) }];
}
