import { randomBytes } from 'node:crypto';
import { isJsonObject } from '../../../common/is-json-object.js';
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionFunctionTool,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionToolMessageParam,
} from 'openai/resources/chat/completions';
import type {
  ChatPart,
  ChatTools,
  PlainTurn,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  ToolResult,
  ToolStep,
} from '../contract.js';
import {
  objectOf,
  parseArguments,
  textOfResult,
  toToolCall,
  TurnLength,
  type ToolTurn,
  withOwnIds,
} from '../tool-turn.js';
import { indexAt, listAt, valueAt } from '../value-at.js';
import { ReasoningDetails, type SayAgain, type SaidMessage } from './said-again.js';

/** https://platform.openai.com/docs/guides/function-calling?api-mode=chat */
export function toToolOptions({
  definitions,
  choice,
}: ChatTools): Pick<ChatCompletionCreateParamsStreaming, 'tools' | 'tool_choice'> {
  return { tools: definitions.map(toTool), tool_choice: toToolChoice(choice) };
}

const modes = { AUTO: 'auto', NONE: 'none', REQUIRED: 'required' } as const;

const toToolChoice = (choice: ToolChoice): NonNullable<ChatCompletionCreateParamsStreaming['tool_choice']> =>
  typeof choice === 'string' ? modes[choice] : { type: 'function', function: { name: choice.name } };

function toTool({ name, description, parameters }: ToolDefinition): ChatCompletionFunctionTool {
  const told = { name, ...(description !== undefined && { description }) };
  // OpenAI's models refuse a schema without properties.
  return { type: 'function', function: { ...told, parameters: { properties: {}, ...parameters } } };
}

export function toMessages({ turn, results }: ToolStep, sayAgain: SayAgain): unknown[] {
  const message = 'calls' in turn ? toPlainMessage(turn, sayAgain) : turn.transcript;
  return [message, ...results.map(toToolMessage)];
}

function toPlainMessage({ text, calls }: PlainTurn, sayAgain: SayAgain): AssistantMessage {
  return {
    role: 'assistant',
    ...sayAgain({ text, reasoning: '', details: [] }),
    tool_calls: calls.map((call) => toParam(call, JSON.stringify(objectOf(call.input)))),
  };
}

const toParam = ({ id, name }: ToolCall, text: string): ChatCompletionMessageFunctionToolCall => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

function toToolMessage(result: ToolResult): ChatCompletionToolMessageParam {
  return { role: 'tool', tool_call_id: result.callId, content: textOfResult(result) };
}

/** How the message of a turn is sent again. */
type AssistantMessage = SaidMessage & {
  readonly role: 'assistant';
  readonly tool_calls: readonly ChatCompletionMessageFunctionToolCall[];
};

/** A turn as one message. */
export class ChatCompletionsTurn implements ToolTurn {
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  readonly #details = new ReasoningDetails();
  readonly #length = new TurnLength();
  #text = '';
  #reasoning = '';

  constructor(private readonly sayAgain: SayAgain) {}

  /** @param parts what the model wrote in the delta */
  add(delta: unknown, parts: readonly ChatPart[]): void {
    for (const part of parts) {
      if (part.type === 'text') this.#text += this.#counted(part.text);
      else if (part.type === 'reasoning') this.#reasoning += this.#counted(part.text);
    }
    for (const detail of listAt(delta, 'reasoning_details')) this.#details.add(this.#counted(detail));
    for (const piece of listAt(delta, 'tool_calls')) this.#callOf(piece).add(this.#counted(piece));
  }

  calls(): readonly ToolCall[] {
    return withOwnIds(this.#calls.map((call) => call.toCall()));
  }

  transcript(): AssistantMessage {
    return {
      role: 'assistant',
      ...this.sayAgain({ text: this.#text, reasoning: this.#reasoning, details: this.#details.all() }),
      tool_calls: this.calls().flatMap((call, index) => this.#calls[index]?.toParam(call) ?? []),
    };
  }

  #counted<Piece>(piece: Piece): Piece {
    this.#length.add(piece);
    return piece;
  }

  /** The call that a piece belongs to. Whole calls may have no index, or all the same. */
  #callOf(piece: unknown): Call {
    const index = indexAt(piece, 'index');
    const open = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    if (open && !open.isOtherThan(piece, index === undefined)) return open;
    const call = new Call();
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

class Call {
  #id = '';
  #name = '';
  #arguments = '';
  /** The signature of a thought, of Google's models: https://ai.google.dev/gemini-api/docs/thought-signatures */
  #extra: unknown = null;

  /** @param hasNoIndex then a name begins another call, too */
  isOtherThan(piece: unknown, hasNoIndex: boolean): boolean {
    const id = textAt(piece, 'id');
    const name = textAt(valueAt(piece, 'function'), 'name');
    if (name === '') return false;
    return id === '' || this.#id === '' ? hasNoIndex : id !== this.#id;
  }

  add(piece: unknown): void {
    const written = valueAt(piece, 'function', 'arguments');
    // Both come whole; later pieces repeat them, or have empty ones.
    this.#id ||= textAt(piece, 'id');
    this.#extra ??= valueAt(piece, 'extra_content') ?? null;
    this.#name ||= textAt(valueAt(piece, 'function'), 'name');
    this.#arguments += isJsonObject(written)
      ? JSON.stringify(written)
      : typeof written === 'string'
        ? written
        : '';
  }

  toCall(): ToolCall {
    this.#id ||= makeUpId();
    return toToolCall(this.#id, this.#name, parseArguments(this.#arguments));
  }

  /** @param call this one, with the id that it has in its turn */
  toParam(call: ToolCall): ChatCompletionMessageFunctionToolCall {
    // What is no object some servers cannot read, and refuse.
    const isWritten = isJsonObject(call.input) && this.#arguments.trim() !== '';
    const param = toParam(call, isWritten ? this.#arguments : '{}');
    return this.#extra === null ? param : Object.assign(param, { extra_content: this.#extra });
  }
}

function textAt(value: unknown, name: string): string {
  const text = valueAt(value, name);
  return typeof text === 'string' ? text : '';
}

/** Of the only form that Mistral takes: nine letters and digits. */
function makeUpId(): string {
  return randomBytes(5).toString('hex').slice(1);
}
