import { parseJson } from '../../outbound/read-json.js';
import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { isJsonObject } from '../../common/is-json-object.js';
import type { ChatPart, FinishReason, ToolCall, ToolResult } from './contract.js';

/** The most calls of one turn. */
export const MAX_CALLS = 128;

/** What an adapter keeps of a turn in which the model may call tools. */
export interface ToolTurn {
  calls(): readonly ToolCall[];
  /** See `ToolStep`. */
  transcript(): unknown;
}

/**
 * How a turn ends. Only one that the model ended by itself hands its calls on: those of a turn that was cut may be cut
 * themselves, and one that was filtered must not be run.
 *
 * @param turn null where no tool was offered
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for more calls than any model makes at once: each needs an answer
 */
export function endOfTurn(reason: FinishReason, turn: ToolTurn | null): ChatPart[] {
  const calls = reason === 'STOP' && turn ? turn.calls() : [];
  if (calls.length > MAX_CALLS) throw new ProviderUnavailableError();
  return [
    ...(calls.length > 0 ? [{ type: 'toolCalls', calls, transcript: turn?.transcript() } as const] : []),
    { type: 'finish', reason },
  ];
}

/** The most that is kept of one turn: the longest that models write today fits twice, hidden reasoning included. */
const MAX_TURN_LENGTH = 2 * 1024 * 1024;
/** The most values of the API that are kept of one turn: each takes its memory, and may have no text. */
const MAX_TURN_VALUES = 50_000;

/** Counts what an adapter keeps of a turn, in characters and in values, for a provider may go on without end. */
export class TurnLength {
  #length = 0;
  #values = 0;

  /**
   * @param piece a text, or a value of the API, which counts as its JSON
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE past the limit
   */
  add(piece: unknown): void {
    if (typeof piece === 'string') this.#length += piece.length;
    else {
      this.#length += lengthOf(piece);
      this.#values += 1;
    }
    if (this.#length > MAX_TURN_LENGTH || this.#values > MAX_TURN_VALUES)
      throw new ProviderUnavailableError();
  }
}

function lengthOf(value: unknown): number {
  return (JSON.stringify(value) as string | undefined)?.length ?? 0;
}

/**
 * A call of the model, whose fields may be anything.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE where it cannot be answered: without an id or a name
 */
export function toToolCall(id: unknown, name: unknown, input: unknown): ToolCall {
  if (typeof id !== 'string' || typeof name !== 'string' || id === '' || name === '') {
    throw new ProviderUnavailableError();
  }
  return { id, name, input };
}

/** Parses the arguments that a model wrote: an empty object where it wrote none, and the text where that is no JSON. */
export function parseArguments(text: unknown): unknown {
  if (typeof text !== 'string') return objectOf(text);
  if (text.trim() === '') return {};
  try {
    return parseJson(text) ?? {};
  } catch {
    return text;
  }
}

/** The arguments of a call as every API takes them back. */
export const objectOf = (input: unknown): Readonly<Record<string, unknown>> =>
  isJsonObject(input) ? input : {};

/** The calls of a turn, each with an id of its own: some servers repeat them, and none could be answered then. */
export function withOwnIds(calls: readonly ToolCall[]): readonly ToolCall[] {
  const taken = new Set(calls.map(({ id }) => id));
  // Usual, and all that most turns need.
  if (taken.size === calls.length) return calls;
  const counts = new Map<string, number>();
  return calls.map((call) => {
    let count = counts.get(call.id) ?? 0;
    let id = call.id;
    do {
      count += 1;
      if (count > 1) id = `${call.id}_${String(count)}`;
    } while (count > 1 && taken.has(id));
    taken.add(id);
    counts.set(call.id, count);
    return { ...call, id };
  });
}

/** What a call came to, for APIs that have no mark for a failure. */
export const textOfResult = ({ content, isError }: ToolResult): string =>
  isError ? JSON.stringify({ error: content }) : content;
