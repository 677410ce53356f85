import { isJsonObject } from '../../../common/is-json-object.js';
import { randomUUID } from 'node:crypto';
import type { Content, Part } from '@google/generative-ai';
import type { ChatTools, PlainTurn, ToolCall, ToolChoice, ToolResult, ToolStep } from '../contract.js';
import { objectOf, parseArguments, toToolCall, TurnLength, type ToolTurn, withOwnIds } from '../tool-turn.js';
import { listAt, valueAt } from '../value-at.js';
import { StreamedArguments } from './google-streamed-call.js';

/** The package's types know neither JSON Schema nor ids: https://ai.google.dev/api/caching#FunctionDeclaration */
export interface ToolOptions {
  readonly tools: readonly {
    readonly functionDeclarations: readonly {
      readonly name: string;
      readonly description?: string;
      readonly parametersJsonSchema: Readonly<Record<string, unknown>>;
    }[];
  }[];
  readonly toolConfig: { readonly functionCallingConfig: CallingConfig };
}

interface CallingConfig {
  readonly mode: 'AUTO' | 'NONE' | 'ANY';
  readonly allowedFunctionNames?: readonly string[];
}

/** What stands in place of a signature that nobody has, so that the API does without it: https://ai.google.dev/gemini-api/docs/thought-signatures */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** https://ai.google.dev/gemini-api/docs/function-calling */
export function toToolOptions({ definitions, choice }: ChatTools): ToolOptions {
  const functionDeclarations = definitions.map(({ name, description, parameters }) => ({
    name,
    ...(description !== undefined && { description }),
    // Not `parameters`: that is a dialect of the API, which refuses some of JSON Schema's words.
    parametersJsonSchema: parameters,
  }));
  return { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig: toConfig(choice) } };
}

function toConfig(choice: ToolChoice): CallingConfig {
  if (typeof choice !== 'string') return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  return { mode: choice === 'REQUIRED' ? 'ANY' : choice };
}

/** @param wantsSignatures whether the model refuses calls without a signature */
export function toTurns({ turn, results }: ToolStep, wantsSignatures: boolean): Content[] {
  const parts =
    'calls' in turn
      ? toPlainParts(turn, wantsSignatures)
      : (turn.transcript as ReturnType<GoogleTurn['transcript']>);
  const known = new Set(parts.map((part) => valueAt(part, 'functionCall', 'id')));
  return [
    { role: 'model', parts: [...parts] },
    // The API does not know the ids that were made here: it pairs calls and results without one by their order.
    { role: 'user', parts: results.map((result) => toResponsePart(result, known.has(result.callId))) },
  ];
}

/** Without the ids, which are none of the API's. The first call of a turn stands for the others. */
function toPlainParts({ text, calls }: PlainTurn, wantsSignatures: boolean): Part[] {
  return [
    ...(text.trim() === '' ? [] : [{ text }]),
    ...calls.map(({ name, input }, index) => ({
      functionCall: { name, args: objectOf(input) },
      ...(index === 0 && wantsSignatures && { thoughtSignature: NO_SIGNATURE }),
    })),
  ];
}

function toResponsePart({ callId, name, content, isError }: ToolResult, hasId: boolean): Part {
  const response = isError ? { error: content } : { output: content };
  const functionResponse = { ...(hasId && { id: callId }), name, response };
  return { functionResponse };
}

/** A turn as its parts, each as it came: the signature of a thought belongs to the very part that it arrived with. */
export class GoogleTurn implements ToolTurn {
  readonly #parts: Part[] = [];
  readonly #length = new TurnLength();
  /** The arguments of the last part, where that is a call which goes on. */
  #streamed: StreamedArguments | null = null;

  add(answer: unknown): void {
    for (const part of listAt(answer, 'candidates', '0', 'content', 'parts')) {
      if (saysNothing(part)) continue;
      this.#length.add(part);
      const call = valueAt(part, 'functionCall');
      if (!isJsonObject(call)) this.#parts.push(part as Part);
      else if (this.#streamed && call.name === undefined) this.#continue(this.#streamed, call);
      else this.#begin(part, call);
    }
  }

  calls(): readonly ToolCall[] {
    return withOwnIds(this.#parts.flatMap((part) => toCall(valueAt(part, 'functionCall')) ?? []));
  }

  transcript(): readonly Part[] {
    const ids = this.calls().map(({ id }) => id);
    return this.#parts.map((part) => {
      const call = valueAt(part, 'functionCall');
      if (call === undefined) return part;
      const id = ids.shift();
      // One that was made here means nothing to the API.
      return valueAt(call, 'id') === undefined
        ? part
        : ({ ...part, functionCall: { ...(call as object), id } } as unknown as Part);
    });
  }

  #begin(part: unknown, call: Readonly<Record<string, unknown>>): void {
    this.#streamed = null;
    if (call.willContinue !== true) {
      this.#parts.push(part as Part);
      return;
    }
    const streamed = new StreamedArguments();
    const { name, id } = call;
    // The parts of the package's type have no signature.
    this.#parts.push({
      ...(part as object),
      functionCall: { name, id, args: streamed.root },
    } as unknown as Part);
    this.#streamed = streamed;
    this.#continue(streamed, call);
  }

  #continue(streamed: StreamedArguments, call: Readonly<Record<string, unknown>>): void {
    streamed.add(call);
    if (call.willContinue !== true) this.#streamed = null;
  }
}

/** An empty text, of which the API sends some and takes none back, unless it carries a signature. */
function saysNothing(part: unknown): boolean {
  return valueAt(part, 'text') === '' && valueAt(part, 'thoughtSignature') === undefined;
}

function toCall(call: unknown): ToolCall | null {
  if (call === undefined) return null;
  const written = valueAt(call, 'args') ?? {};
  // Gateways to other models hand on a text.
  const input = typeof written === 'string' ? parseArguments(written) : written;
  return toToolCall(valueAt(call, 'id') ?? randomUUID(), valueAt(call, 'name'), input);
}
