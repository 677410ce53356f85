import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  ThinkingConfigParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { ChatRequest, ChatTurn, ReasoningEffort } from '../contract.js';
import type { AdditionName } from '../refused-addition.error.js';
import { neighboursIn } from '../neighbours.js';
import { instructionsIn } from '../text-messages.js';
import { toBlock } from './anthropic-blocks.js';
import { efforts } from '../efforts.js';
import { markedText, withLastMarked } from './anthropic-cache.js';
import { isForced, toForcedAnswer, toOutputFormat } from './anthropic-schemas.js';
import { beginsWithThoughts, toolsIn, toToolOptions, toTurns } from './anthropic-tools.js';

/** The API wants a limit with each request. Every current model allows this one. */
const DEFAULT_MAX_TOKENS = 16_384;

/** Models before 4.6 think within a number of tokens; later ones take an effort, and refuse the number. */
const THINKS_WITHIN_A_BUDGET = /^claude-(3|(opus|sonnet|haiku)-4(-[0-5])?(-\d{8})?$)/;
const MIN_BUDGET_TOKENS = 1024;
const budgets: Readonly<Record<ReasoningEffort, number>> = { LOW: 2048, MEDIUM: 6144, HIGH: 12_288 };

/** https://platform.claude.com/docs/en/api/messages/create */
export function toBody(
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): MessageCreateParamsStreaming {
  const { model, messages, temperature, maxOutputTokens, promptCache } = request;
  const tools = request.tools ?? toolsIn(messages);
  const forced = request.responseSchema && isForced(model) ? request.responseSchema : null;
  // The API takes instructions beside the conversation: those from the middle of it join the first ones.
  const instructions = instructionsIn(messages);
  const system = instructions.map(({ content }) => content).join('\n\n');
  const turns = toMessages(messages);
  const isMarked = promptCache === 'AUTO';
  return {
    model,
    max_tokens: maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    messages: isMarked ? withLastMarked(turns) : turns,
    stream: true,
    ...(instructions.length > 0 && { system: isMarked ? markedText(system) : system }),
    ...(temperature !== undefined && { temperature }),
    ...toEffortAndFormat(request, without),
    ...(forced ? toForcedAnswer(forced, tools) : tools && toToolOptions(tools)),
  };
}

/** Both stand in `output_config`. */
function toEffortAndFormat(
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): Pick<MessageCreateParamsStreaming, 'thinking' | 'output_config'> {
  const { model, reasoningEffort, responseSchema } = request;
  const thinking = reasoningEffort ? toThinking(request, reasoningEffort, without) : {};
  if (!responseSchema || isForced(model)) return thinking;
  return { ...thinking, output_config: { ...thinking.output_config, ...toOutputFormat(responseSchema) } };
}

function toMessages(messages: readonly ChatTurn[]): MessageParam[] {
  const said = messages.flatMap((turn): MessageParam[] => {
    if (turn.role === 'SYSTEM') return [];
    if (turn.role === 'CALLS') return toTurns(turn);
    const { content } = turn;
    const role = turn.role === 'USER' ? 'user' : 'assistant';
    return [{ role, content: typeof content === 'string' ? content : content.map(toBlock) }];
  });
  return neighboursIn(said).map(([turn, ...others]) =>
    others.length === 0
      ? turn
      : ({ role: turn.role, content: saidOf([turn, ...others].flatMap(blocksOf)) } as MessageParam),
  );
}

/** Beside an image or a document, the API refuses a text that says nothing. */
function saidOf(blocks: ContentBlockParam[]): ContentBlockParam[] {
  const hasMedia = blocks.some(({ type }) => type === 'image' || type === 'document');
  return hasMedia ? blocks.filter((block) => block.type !== 'text' || block.text.trim() !== '') : blocks;
}

function blocksOf({ content }: MessageParam): ContentBlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function toThinking(
  { model, messages, maxOutputTokens = DEFAULT_MAX_TOKENS }: ChatRequest,
  effort: ReasoningEffort,
  without: ReadonlySet<AdditionName>,
): Pick<MessageCreateParamsStreaming, 'thinking' | 'output_config'> {
  if (!THINKS_WITHIN_A_BUDGET.test(model)) {
    return {
      thinking: { type: 'adaptive', ...(!without.has('shownReasoning') && { display: 'summarized' }) },
      output_config: { effort: efforts[effort] },
    };
  }
  // Such a model goes on from calls only with the thoughts before them, which may be lost, or never were.
  const last = messages.at(-1);
  if (last?.role === 'CALLS' && !beginsWithThoughts(last)) return {};
  // The budget counts towards `max_tokens` and must stay below it.
  const budget = Math.max(MIN_BUDGET_TOKENS, Math.min(budgets[effort], maxOutputTokens - 1));
  const thinking: ThinkingConfigParam = { type: 'enabled', budget_tokens: budget };
  return { thinking };
}
