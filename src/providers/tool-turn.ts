import { ProviderUnavailableError } from '../outbound/upstream-error.js';
import type { ChatPart, FinishReason, ToolCall } from './contract.js';

/** What an adapter keeps of a turn in which the model may call tools. */
export interface ToolTurn {
  calls(): readonly ToolCall[];
  /** See `ToolStep`. */
  transcript(): unknown;
}

/**
 * How a turn ends. Only one that the model ended by itself hands its calls on: those of a turn that was cut may be cut
 * themselves, and nobody should act on one that was filtered.
 *
 * @param turn null where no tool was offered
 */
export function endOfTurn(reason: FinishReason, turn: ToolTurn | null): ChatPart[] {
  const calls = reason === 'STOP' && turn ? turn.calls() : [];
  return [
    ...(calls.length > 0 ? [{ type: 'toolCalls', calls, transcript: turn?.transcript() } as const] : []),
    { type: 'finish', reason },
  ];
}

/** The most that is kept of one turn: the longest that models write today fits twice, hidden reasoning included. */
const MAX_TURN_LENGTH = 2 * 1024 * 1024;

/** Counts the characters that an adapter keeps of a turn, for a provider may go on without end. */
export class TurnLength {
  #length = 0;

  /**
   * @param piece a text, or a value of the API, which counts as its JSON
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE past the limit
   */
  add(piece: unknown): void {
    const text = typeof piece === 'string' ? piece : (JSON.stringify(piece) as string | undefined);
    this.#length += text?.length ?? 0;
    if (this.#length > MAX_TURN_LENGTH) throw new ProviderUnavailableError();
  }
}

/**
 * A call of the model, whose fields may be anything.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE where nobody could answer it: without an id or a name
 */
export function toToolCall(id: unknown, name: unknown, input: unknown): ToolCall {
  if (typeof id !== 'string' || typeof name !== 'string' || id === '' || name === '') {
    throw new ProviderUnavailableError();
  }
  return { id, name, input };
}

/** Parses the arguments that a model wrote; undefined where they are no JSON, for the parser's message quotes them. */
export function parseArguments(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is what JSON calls an object: what providers take as a call's input. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
