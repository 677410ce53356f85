import type { Secret } from '../common/secret.js';
import type { ChatAdapter, ChatPart, ChatRequest, TokenUsage, ToolStep } from '../providers/contract.js';
import { Paragraphs } from '../providers/paragraphs.js';
import { addUsage } from './add-usage.js';
import type { AnswerMask } from './answer-mask.js';
import type { ChatSearches } from './chat-searches.js';
import type { SourcePart } from './chat-source.js';
import { searchTool } from './search-tool.js';

/** Turns beyond one for each search, for a model that calls what is not there before it may call no more. */
const SPARE_TURNS = 3;

type PartOf<Type extends ChatPart['type']> = Extract<ChatPart, { type: Type }>;
type DeltaPart = PartOf<'text' | 'reasoning'>;

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
  const paragraphs = { text: new Paragraphs(), reasoning: new Paragraphs() };
  // Clients put the texts of all turns together.
  const show = (part: DeltaPart): DeltaPart => {
    const text = paragraphs[part.type].add(steps.length, part.text);
    return text === part.text ? part : { ...part, text };
  };
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
        show,
        mask,
      );
      if (!turn.finish || !turn.calls || mustAnswer) {
        yield* mask.release().map(show);
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
    yield* mask.release().map(show);
    throw error;
  }
}

/**
 * @param before what the turns before it took
 * @param show what a client sees of a piece, which is masked
 */
async function* relayTurn(
  parts: AsyncIterable<ChatPart>,
  before: TokenUsage | null,
  show: (part: DeltaPart) => DeltaPart,
  mask: AnswerMask,
): AsyncGenerator<SourcePart, Turn> {
  let calls: Turn['calls'] = null;
  let finish: Turn['finish'] = null;
  let usage = before;
  for await (const part of parts) {
    switch (part.type) {
      case 'text':
      case 'reasoning': {
        const masked = mask.delta(part);
        if (masked) yield show(masked);
        break;
      }
      case 'usage':
        usage = before ? addUsage(before, part.usage) : part.usage;
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
