import type {
  FunctionTool,
  ResponseCreateParamsStreaming,
  ResponseInput,
} from 'openai/resources/responses/responses';
import type {
  ChatTools,
  PlainTurn,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  ToolResult,
  ToolStep,
} from '../contract.js';
import type { AdditionName } from '../refused-addition.error.js';
import {
  objectOf,
  parseArguments,
  textOfResult,
  toToolCall,
  TurnLength,
  type ToolTurn,
  withOwnIds,
} from '../tool-turn.js';
import { indexAt, valueAt } from '../value-at.js';

/** Models that do not reason refuse a request for their reasoning. No new ones have come since the fifth generation. */
const DOES_NOT_REASON = /^(ft:)?(gpt-[34]|chatgpt-)|-chat\b/;

/** https://platform.openai.com/docs/guides/function-calling */
export function toToolOptions(
  model: string,
  { definitions, choice }: ChatTools,
  without: ReadonlySet<AdditionName>,
): Pick<ResponseCreateParamsStreaming, 'tools' | 'tool_choice' | 'include'> {
  return {
    tools: definitions.map(toFunctionTool),
    tool_choice: toToolChoice(choice),
    // Nothing is stored there: the reasoning has to travel, so that the next turn can go on from it.
    ...(!without.has('sealedReasoning') &&
      !DOES_NOT_REASON.test(model) && { include: ['reasoning.encrypted_content'] }),
  };
}

const modes = { AUTO: 'auto', NONE: 'none', REQUIRED: 'required' } as const;

const toToolChoice = (choice: ToolChoice): NonNullable<ResponseCreateParamsStreaming['tool_choice']> =>
  typeof choice === 'string' ? modes[choice] : { type: 'function', name: choice.name };

function toFunctionTool({ name, description, parameters }: ToolDefinition): FunctionTool {
  // Strict would refuse schemas with an optional property, and the input is checked by the tool anyway.
  const told = { name, ...(description !== undefined && { description }) };
  // Nor may a schema be without properties.
  return { type: 'function', ...told, parameters: { properties: {}, ...parameters }, strict: false };
}

/** A turn as it is said again, and what came of it. */
export function toItems({ turn, results }: ToolStep, without: ReadonlySet<AdditionName>): ResponseInput {
  const said =
    'calls' in turn ? toPlainItems(turn) : (turn.transcript as ReturnType<OpenAiTurn['transcript']>);
  const kept = without.has('saidReasoning') ? said.filter((item) => !isReasoning(item)) : said;
  return [...kept, ...results.map(toOutput)];
}

function toPlainItems({ text, calls }: PlainTurn): ResponseInput {
  return [
    ...(text.trim() === '' ? [] : [{ role: 'assistant', content: text } as const]),
    ...calls.map(({ id, name, input }) => ({
      type: 'function_call' as const,
      call_id: id,
      name,
      arguments: JSON.stringify(objectOf(input)),
    })),
  ];
}

function toOutput(result: ToolResult): ResponseInput[number] {
  return { type: 'function_call_output', call_id: result.callId, output: textOfResult(result) };
}

/** Reasoning that did not travel: the API, which has not stored it either, would look for its id and find nothing. */
function isLost(item: unknown): boolean {
  return isReasoning(item) && typeof valueAt(item, 'encrypted_content') !== 'string';
}

const isReasoning = (item: unknown): boolean => valueAt(item, 'type') === 'reasoning';

type Item = ResponseInput[number];

/** A turn as the API's own items: it wants them back as they were. */
export class OpenAiTurn implements ToolTurn {
  readonly #items: Item[] = [];
  /** By the item's index: gateways say arguments before they say the item, and leave them out there. */
  readonly #arguments = new Map<number | undefined, string>();
  readonly #length = new TurnLength();

  add(event: unknown, type: unknown): void {
    const index = indexAt(event, 'output_index');
    if (type === 'response.output_item.done') this.#keep(valueAt(event, 'item'), index);
    const isDelta = type === 'response.function_call_arguments.delta';
    if (!isDelta && type !== 'response.function_call_arguments.done') return;
    const piece = valueAt(event, isDelta ? 'delta' : 'arguments');
    if (typeof piece !== 'string' || piece === '') return;
    this.#length.add(this.#arguments.has(index) ? piece : [piece]);
    this.#arguments.set(index, isDelta ? (this.#arguments.get(index) ?? '') + piece : piece);
  }

  /** @param output what the answer holds in the end: of it what did not come by itself */
  complete(output: readonly unknown[]): void {
    const isMissing = this.#items.length === 0 ? () => true : this.#missingCalls(output);
    for (const [index, item] of output.entries()) if (isMissing(item)) this.#keep(item, index);
  }

  calls(): readonly ToolCall[] {
    const calls = this.#items.filter(isCall).map((item) => {
      const input = parseArguments(valueAt(item, 'arguments'));
      return toToolCall(valueAt(item, 'call_id'), valueAt(item, 'name'), input);
    });
    return withOwnIds(calls);
  }

  transcript(): ResponseInput {
    const ids = this.calls().map(({ id }) => id);
    return this.#items.map((item) =>
      isCall(item) ? ({ ...item, call_id: ids.shift() } as unknown as Item) : item,
    );
  }

  #keep(item: unknown, index: number | undefined): void {
    this.#length.add(item);
    if (isLost(item)) return;
    const written = isCall(item) && !valueAt(item, 'arguments') && this.#arguments.get(index);
    this.#items.push((written ? { ...(item as object), arguments: written } : item) as Item);
  }

  /** Gateways change ids between two events: where there are as many calls as before, they are the same ones. */
  #missingCalls(output: readonly unknown[]): (item: unknown) => boolean {
    const kept = this.#items.filter(isCall);
    if (output.filter(isCall).length <= kept.length) return () => false;
    const ids = new Set(kept.map((item) => valueAt(item, 'call_id')));
    return (item) => isCall(item) && !ids.has(valueAt(item, 'call_id'));
  }
}

function isCall(item: unknown): boolean {
  return valueAt(item, 'type') === 'function_call';
}
