import type {
  FunctionTool,
  ResponseCreateParamsStreaming,
  ResponseInput,
} from 'openai/resources/responses/responses';
import type { ChatTools, ToolCall, ToolDefinition, ToolResult, ToolStep } from '../contract.js';
import { parseArguments, toToolCall, TurnLength, type ToolTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';

/** Models that do not reason refuse a request for their reasoning. No new ones have come since the fifth generation. */
const DOES_NOT_REASON = /^(ft:)?(gpt-[34]|chatgpt-)|-chat\b/;

/** https://platform.openai.com/docs/guides/function-calling */
export function toToolOptions(
  model: string,
  { definitions, choice }: ChatTools,
): Pick<ResponseCreateParamsStreaming, 'tools' | 'tool_choice' | 'include'> {
  return {
    tools: definitions.map(toFunctionTool),
    tool_choice: choice === 'NONE' ? 'none' : 'auto',
    // Nothing is stored there: the reasoning has to travel, so that the next turn can go on from it.
    ...(!DOES_NOT_REASON.test(model) && { include: ['reasoning.encrypted_content'] }),
  };
}

function toFunctionTool({ name, description, parameters }: ToolDefinition): FunctionTool {
  // Strict would refuse schemas with an optional property, and the input is checked by the tool anyway.
  return { type: 'function', name, description, parameters: { ...parameters }, strict: false };
}

export function toItems({ transcript, results }: ToolStep): ResponseInput {
  return [...(transcript as ReturnType<OpenAiTurn['transcript']>), ...results.map(toOutput)];
}

function toOutput({ callId, content, isError }: ToolResult): ResponseInput[number] {
  // The API has no mark for a failure.
  const output = isError ? JSON.stringify({ error: content }) : content;
  return { type: 'function_call_output', call_id: callId, output };
}

/** Reasoning that did not travel: the API, which has not stored it either, would look for its id and find nothing. */
function isLost(item: unknown): boolean {
  return valueAt(item, 'type') === 'reasoning' && typeof valueAt(item, 'encrypted_content') !== 'string';
}

/** A turn as the API's own items: it wants them back as they were. */
export class OpenAiTurn implements ToolTurn {
  readonly #items: ResponseInput = [];
  readonly #length = new TurnLength();

  add(event: unknown): void {
    const type = valueAt(event, 'type');
    if (type === 'response.function_call_arguments.delta') this.#length.add(valueAt(event, 'delta'));
    if (type !== 'response.output_item.done') return;
    const item = valueAt(event, 'item');
    this.#length.add(item);
    if (!isLost(item)) this.#items.push(item as ResponseInput[number]);
  }

  calls(): readonly ToolCall[] {
    return this.#items
      .filter((item) => valueAt(item, 'type') === 'function_call')
      .map((item) => {
        const input = parseArguments(valueAt(item, 'arguments'));
        return toToolCall(valueAt(item, 'call_id'), valueAt(item, 'name'), input);
      });
  }

  transcript(): ResponseInput {
    return this.#items;
  }
}
