import type { FinishReason, UsagePartsFragment } from '../../../generated/try';
import type { Failure } from '../../../server/server-error';
import { StreamedText } from '../markdown/streamed-text';
import type { ChatEvent } from './chat-events';

type EventOf<Name extends ChatEvent['__typename']> = Extract<ChatEvent, { __typename: Name }>;

/** Who answers, and whose key pays. */
export type Payer = Pick<EventOf<'ChatStarted'>, 'provider' | 'model' | 'keySource' | 'maskedKey'>;

export interface Search {
  readonly engine: EventOf<'SearchStarted'>['engine'];
  readonly query: string;
  /** What it brought; null: it goes on, or was ended before it brought anything. */
  readonly results: EventOf<'SearchFinished'>['results'] | null;
  readonly failure: Failure | null;
  readonly isOver: boolean;
}

/** A stretch of an answer, in the order of the events. */
export type Part =
  | { readonly kind: 'text' | 'reasoning'; readonly text: StreamedText; readonly isOver: boolean }
  | {
      readonly kind: 'searches';
      readonly searches: readonly Search[];
      /** Those that have brought something, in the order in which they did: what is shown stays in its place. */
      readonly found: readonly Search[];
    }
  | { readonly kind: 'switch'; readonly from: Payer | null; readonly to: Payer; readonly cause: Failure };

export type Ending =
  | {
      readonly kind: 'completed';
      readonly finishReason: FinishReason;
      readonly timings: EventOf<'ChatCompleted'>['timings'];
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'cancelled';
      /** Whether the person stopped it here; else it was stopped elsewhere, or the page was away for too long. */
      readonly wasWanted: boolean;
    };

export interface Answer {
  readonly chatId: string | null;
  readonly payer: Payer | null;
  readonly parts: readonly Part[];
  readonly ending: Ending | null;
  readonly usage: UsagePartsFragment | null;
  /** After how many milliseconds its first words were here; null: there are none, or it was asked before a reload. */
  readonly firstTokenMs: number | null;
}

export const noAnswer: Answer = {
  chatId: null,
  payer: null,
  parts: [],
  ending: null,
  usage: null,
  firstTokenMs: null,
};

/** What the page knows of a chat beside its events. */
export interface Watched {
  /** Whether the person has stopped it. */
  readonly isStopped: boolean;
  /** How many milliseconds ago it was asked; null: before a reload. */
  readonly elapsedMs: number | null;
}

/** The answer after an event. It is the same object where only a text has grown. Events of unknown types change nothing. */
export function answerAfter(answer: Answer, event: ChatEvent, { isStopped, elapsedMs }: Watched): Answer {
  switch (event.__typename) {
    case 'ChatStarted':
      return { ...noAnswer, chatId: event.chatId, payer: event };
    case 'ProviderSwitched': {
      const part: Part = { kind: 'switch', from: answer.payer, to: event, cause: failed(event.cause) };
      return { ...answer, payer: event, parts: [...over(answer.parts), part] };
    }
    case 'TextDelta':
      return withText(timed(answer, elapsedMs), 'text', event.text);
    case 'ReasoningDelta':
      return withText(timed(answer, elapsedMs), 'reasoning', event.text);
    case 'SearchStarted': {
      const { engine, query } = event;
      return withSearch(answer, { engine, query, results: null, failure: null, isOver: false });
    }
    case 'SearchFinished':
      return withFinished(answer, event);
    case 'ChatCompleted': {
      const { finishReason, timings, usage } = event;
      return ended(answer, { kind: 'completed', finishReason, timings }, usage);
    }
    case 'ChatFailed':
      return ended(answer, { kind: 'failed', failure: failed(event.error) }, event.usage);
    case 'ChatCancelled':
      return ended(answer, { kind: 'cancelled', wasWanted: isStopped }, event.usage);
    case 'ToolCallsRequested':
      return answer;
  }
  // A newer server may have more of them.
  return answer;
}

export function ended(answer: Answer, ending: Ending, usage: Answer['usage'] = null): Answer {
  return { ...answer, parts: over(answer.parts).map(withoutOpenSearches), ending, usage };
}

/** The text of an answer, as it is told to the model in the next turn. */
export const textOf = ({ parts }: Answer): string =>
  parts.map((part) => (part.kind === 'text' ? part.text.text : '')).join('');

const failed = (error: { code: string; message: string; retryAfterMs: number | null }): Failure => ({
  code: error.code,
  message: error.message,
  retryAfterMs: error.retryAfterMs,
  requestId: null,
  violations: [],
});

const timed = (answer: Answer, elapsedMs: number | null): Answer =>
  answer.firstTokenMs === null && elapsedMs !== null ? { ...answer, firstTokenMs: elapsedMs } : answer;

function withText(answer: Answer, kind: 'text' | 'reasoning', delta: string): Answer {
  const last = answer.parts.at(-1);
  if (last?.kind === kind && !last.isOver) {
    last.text.append(delta);
    return answer;
  }
  const text = new StreamedText();
  text.append(delta);
  return { ...answer, parts: [...over(answer.parts), { kind, text, isOver: false }] };
}

/** The parts, the last of which goes on no more. */
function over(parts: readonly Part[]): readonly Part[] {
  const last = parts.at(-1);
  if ((last?.kind !== 'text' && last?.kind !== 'reasoning') || last.isOver) return parts;
  last.text.end();
  return [...parts.slice(0, -1), { ...last, isOver: true }];
}

/** Searches beside each other are one part; those that begin after all of these have ended are another. */
function withSearch(answer: Answer, search: Search): Answer {
  const { parts } = answer;
  const last = parts.at(-1);
  const isBeside = last?.kind === 'searches' && last.searches.some(({ isOver }) => !isOver);
  return isBeside
    ? { ...answer, parts: [...parts.slice(0, -1), { ...last, searches: [...last.searches, search] }] }
    : { ...answer, parts: [...over(parts), { kind: 'searches', searches: [search], found: [] }] };
}

function withFinished(answer: Answer, event: EventOf<'SearchFinished'>): Answer {
  const { engine, query, results, failure } = event;
  const finished: Search = { engine, query, results, failure: failure && failed(failure), isOver: true };
  const isIt = (search: Search): boolean => !search.isOver && search.query === query;
  const last = answer.parts.at(-1);
  if (last?.kind !== 'searches' || !last.searches.some(isIt)) return withSearch(answer, finished);
  const at = last.searches.findIndex(isIt);
  const searches = last.searches.with(at, finished);
  return {
    ...answer,
    parts: [...answer.parts.slice(0, -1), { ...last, searches, found: [...last.found, finished] }],
  };
}

function withoutOpenSearches(part: Part): Part {
  if (part.kind !== 'searches') return part;
  return { ...part, searches: part.searches.map((search) => ({ ...search, isOver: true })) };
}
