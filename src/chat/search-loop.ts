import type { Secret } from '../common/secret.js';
import type { ChatAdapter, ChatPart, ChatRequest, TokenUsage, ToolStep } from '../providers/contract.js';
import { MAX_COUNT } from '../providers/token-usage.js';
import type { AnswerMask } from './answer-mask.js';
import type { ChatSearches } from './chat-searches.js';
import type { SourcePart } from './chat-source.js';
import { searchTool } from './search-tool.js';

/** Turns beyond one for each search, for a model that calls what is not there before it may call no more. */
const SPARE_TURNS = 3;

type PartOf<Type extends ChatPart['type']> = Extract<ChatPart, { type: Type }>;

/** How a turn of the model ended. */
interface Turn {
  readonly calls: PartOf<'toolCalls'> | null;
  /** Null where the stream ended without it. */
  readonly finish: PartOf<'finish'> | null;
  /** Of this turn and those before it; null where the provider told none. */
  readonly usage: TokenUsage | null;
}

/**
 * Lets a model answer, and search the web on its way: one request for each turn, until there is one without a call.
 * When the budget is spent, the model is told to answer with what it has; where it will not, the answer ends with
 * TOOL_LIMIT.
 *
 * @param adapter called once a turn
 * @param searches null: the model may not search
 * @param mask takes the key out of what the model says: nothing of that leaves here but through it
 * @throws what the adapter throws; after an abort `signal.reason`
 */
export async function* answer(
  adapter: ChatAdapter,
  request: ChatRequest,
  key: Secret,
  signal: AbortSignal,
  searches: ChatSearches | null,
  mask: AnswerMask,
): AsyncGenerator<SourcePart, void> {
  const steps: ToolStep[] = [];
  let usage: TokenUsage | null = null;
  try {
    for (;;) {
      const mustAnswer = !searches || searches.areSpent || steps.length >= searches.maxSearches + SPARE_TURNS;
      const tools = searches && {
        definitions: [searchTool],
        steps: [...steps],
        choice: mustAnswer ? ('NONE' as const) : ('AUTO' as const),
      };
      const turn: Turn = yield* relayTurn(
        adapter.stream({ ...request, ...(tools && { tools }) }, key, signal),
        usage,
        mask,
      );
      if (!turn.finish || !turn.calls || mustAnswer) {
        yield* mask.release();
        if (turn.finish) yield turn.calls ? { type: 'finish', reason: 'TOOL_LIMIT' } : turn.finish;
        return;
      }
      signal.throwIfAborted();
      usage = turn.usage;
      const results = yield* searches.run(turn.calls.calls, signal);
      steps.push({ transcript: turn.calls.transcript, results });
    }
  } catch (error) {
    // What was said before a failure is part of the answer.
    yield* mask.release();
    throw error;
  }
}

/** @param before what the turns before it took */
async function* relayTurn(
  parts: AsyncIterable<ChatPart>,
  before: TokenUsage | null,
  mask: AnswerMask,
): AsyncGenerator<SourcePart, Turn> {
  let calls: Turn['calls'] = null;
  let finish: Turn['finish'] = null;
  let usage = before;
  for await (const part of parts) {
    switch (part.type) {
      case 'text':
      case 'reasoning': {
        const shown = mask.delta(part);
        if (shown) yield shown;
        break;
      }
      case 'usage':
        usage = before ? add(before, part.usage) : part.usage;
        yield { type: 'usage', usage };
        break;
      case 'toolCalls':
        calls = await mask.toolCalls(part);
        break;
      case 'finish':
        finish = part;
        break;
    }
  }
  return { calls, finish, usage };
}

function add(one: TokenUsage, other: TokenUsage): TokenUsage {
  return {
    inputTokens: sum(one.inputTokens, other.inputTokens),
    outputTokens: sum(one.outputTokens, other.outputTokens),
    reasoningTokens: addTold(one.reasoningTokens, other.reasoningTokens),
    cachedInputTokens: addTold(one.cachedInputTokens, other.cachedInputTokens),
  };
}

/** Null where neither was told. */
function addTold(one: number | null, other: number | null): number | null {
  return one === null ? other : sum(one, other ?? 0);
}

/** A sum that no Int holds would take the event from its watchers, and that is the last one. */
const sum = (one: number, other: number): number => Math.min(one + other, MAX_COUNT);
