import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type {
  ChatTools,
  ChatTurn,
  PlainTurn,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  ToolResult,
  ToolStep,
} from '../contract.js';
import { objectOf, parseArguments, toToolCall, TurnLength, type ToolTurn, withOwnIds } from '../tool-turn.js';
import { valueAt } from '../value-at.js';

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview */
export function toToolOptions({
  definitions,
  choice,
}: ChatTools): Pick<MessageCreateParamsStreaming, 'tools' | 'tool_choice'> {
  return {
    tools: definitions.map(toTool),
    tool_choice: toToolChoice(choice),
  };
}

const modes = { AUTO: 'auto', NONE: 'none', REQUIRED: 'any' } as const;

const toToolChoice = (choice: ToolChoice): NonNullable<MessageCreateParamsStreaming['tool_choice']> =>
  typeof choice === 'string' ? { type: modes[choice] } : { type: 'tool', name: choice.name };

function toTool({ name, description, parameters }: ToolDefinition): Tool {
  const told = { name, ...(description !== undefined && { description }) };
  return { ...told, input_schema: { ...parameters, type: 'object' } };
}

/** The tools of a conversation that offers none any more: the API refuses one that has calls and defines no tool. */
export function toolsIn(turns: readonly ChatTurn[]): ChatTools | undefined {
  const results = turns.flatMap((turn) => (turn.role === 'CALLS' ? turn.results : []));
  const names = [...new Set(results.map(({ name }) => name))];
  if (names.length === 0) return undefined;
  return {
    definitions: names.map((name) => ({ name, parameters: { type: 'object' }, inputName: 'messages' })),
    choice: 'NONE',
  };
}

const THOUGHTS = new Set<unknown>(['thinking', 'redacted_thinking']);

/** Whether what is said of a turn begins with what the model thought. */
export const beginsWithThoughts = ({ turn }: ToolStep): boolean =>
  'transcript' in turn && THOUGHTS.has(valueAt(turn.transcript, '0', 'type'));

export function toTurns({ turn, results }: ToolStep): MessageParam[] {
  const content =
    'calls' in turn ? toPlainBlocks(turn) : (turn.transcript as ReturnType<AnthropicTurn['transcript']>);
  return [
    { role: 'assistant', content },
    { role: 'user', content: results.map(toResultBlock) },
  ];
}

function toPlainBlocks({ text, calls }: PlainTurn): ContentBlockParam[] {
  return [
    ...(text.trim() === '' ? [] : [{ type: 'text', text } as const]),
    ...calls.map(({ id, name, input }) => ({ type: 'tool_use' as const, id, name, input: objectOf(input) })),
  ];
}

function toResultBlock({ callId, content, isError }: ToolResult): ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: callId, content, ...(isError && { is_error: true }) };
}

/** A turn as the blocks of one message. */
export class AnthropicTurn implements ToolTurn {
  readonly #blocks = new Map<unknown, Block>();
  readonly #length = new TurnLength();

  /** What came before belongs to another message. */
  restart(): void {
    this.#blocks.clear();
  }

  begin(index: unknown, block: unknown): void {
    this.#blocks.set(index, new Block(block, this.#length));
  }

  continue(index: unknown, delta: unknown): void {
    this.#blocks.get(index)?.add(delta);
  }

  calls(): readonly ToolCall[] {
    return withOwnIds([...this.#blocks.values()].flatMap((block) => block.toCall() ?? []));
  }

  transcript(): ContentBlockParam[] {
    const ids = this.calls().map(({ id }) => id);
    return [...this.#blocks.values()]
      .flatMap((block) => block.toParam() ?? [])
      .map((block) => (block.type === 'tool_use' ? { ...block, id: ids.shift() ?? block.id } : block));
  }
}

/** What a block's beginning and its deltas may hold of it. */
const fields = ['text', 'thinking', 'signature', 'partial_json'] as const;

class Block {
  readonly #written = { text: '', thinking: '', signature: '', partial_json: '' };

  constructor(
    private readonly start: unknown,
    private readonly turnLength: TurnLength,
  ) {
    turnLength.add(start);
    this.add(start);
  }

  add(delta: unknown): void {
    for (const field of fields) {
      const piece = valueAt(delta, field);
      if (typeof piece !== 'string') continue;
      this.turnLength.add(piece);
      // A signature comes whole.
      this.#written[field] = field === 'signature' ? piece : this.#written[field] + piece;
    }
  }

  toCall(): ToolCall | null {
    if (valueAt(this.start, 'type') !== 'tool_use') return null;
    return toToolCall(valueAt(this.start, 'id'), valueAt(this.start, 'name'), this.#input());
  }

  /** The block as it is said again: thinking unchanged, for it is signed. Null for what the API would refuse. */
  toParam(): ContentBlockParam | null {
    const { text, thinking, signature } = this.#written;
    const call = this.toCall();
    if (call) {
      const { id, name, input } = call;
      return { type: 'tool_use', id, name, input: objectOf(input) };
    }
    switch (valueAt(this.start, 'type')) {
      case 'text':
        return text.trim() === '' ? null : { type: 'text', text };
      case 'thinking':
        return { type: 'thinking', thinking, signature };
      case 'redacted_thinking':
        return { type: 'redacted_thinking', data: valueAt(this.start, 'data') as string };
      default:
        return null;
    }
  }

  /** A call without arguments has no deltas, or empty ones. */
  #input(): unknown {
    const { partial_json: json } = this.#written;
    return json === '' ? (valueAt(this.start, 'input') ?? {}) : parseArguments(json);
  }
}
