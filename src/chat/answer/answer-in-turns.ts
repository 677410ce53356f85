import type {
  ChatPart,
  ChatRequest,
  ChatTools,
  KeyedChatAdapter,
  PartConsumer,
  TokenUsage,
  ToolCall,
  ToolChoice,
  ToolResult,
} from '../../providers/chat/contract.js';
import { canonicalId } from '../../common/id.scalar.js';
import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { withOwnIds } from '../../providers/chat/tool-turn.js';
import { Paragraphs } from '../../providers/chat/paragraphs.js';
import { addUsage, withoutCost } from './add-usage.js';
import type { AnswerMask } from './answer-mask.js';
import type { ChatSearches } from './chat-searches.js';
import { type ClientTools, type KeptStep, told } from './client-tools.js';
import type { ClientCallsPart, SourcePart } from '../run/chat-source.js';
import { searchTool } from './search-tool.js';

/** The longest that calls of a client may be as JSON, which an event holds: some ten times what a model writes. */
const MAX_CALLS_LENGTH = 4 * 1024 * 1024;

/** Turns beyond one for each search, for a model that calls what is not there before it may call no more. */
const SPARE_TURNS = 3;

type PartOf<Type extends ChatPart['type']> = Extract<ChatPart, { type: Type }>;
type DeltaPart = PartOf<'text' | 'reasoning'>;

/** How a turn of the model ended. */
interface Turn {
  calls: PartOf<'toolCalls'> | null;
  /** Null where the stream ended without it. */
  finish: PartOf<'finish'> | null;
}

export interface AnswerSettings {
  /** Called once a turn. */
  readonly adapter: KeyedChatAdapter;
  readonly request: ChatRequest;
  /** Takes the key out of what the model says: nothing of that leaves here but through it. */
  readonly mask: AnswerMask;
  /** Null: the model may not search. */
  readonly searches: ChatSearches | null;
  /** Null: the client has no tools. */
  readonly clientTools: ClientTools | null;
}

/**
 * Lets a model answer, and search the web on its way: one request for each turn, until there is one without a call, or
 * with a call of the client's tools, which are the client's to run. When the budget is spent, the model has to answer
 * with what it has; where it will not, the answer ends with TOOL_LIMIT.
 */
export class AnswerInTurns {
  readonly #settings: AnswerSettings;
  /** The turns so far, in which it searched. */
  readonly #steps: KeptStep[] = [];
  readonly #paragraphs = { text: new Paragraphs(), reasoning: new Paragraphs() };
  /** Of all turns so far; null where the provider has reported none. */
  #usage: TokenUsage | null = null;

  constructor(settings: AnswerSettings) {
    this.#settings = settings;
  }

  /**
   * Gives the answer. May be called once.
   *
   * @throws what the adapter throws; after an abort `signal.reason`
   */
  async give(signal: AbortSignal, onParts: PartConsumer<SourcePart>): Promise<void> {
    const { mask } = this.#settings;
    try {
      for (;;) {
        const tools = this.#tools();
        const { calls, finish } = await this.#takeTurn(tools, signal, onParts);
        if (!tools || !finish || !calls || tools.choice === 'NONE') {
          await this.#release(onParts);
          if (finish) await onParts([calls ? { type: 'finish', reason: 'TOOL_LIMIT' } : finish]);
          return;
        }
        signal.throwIfAborted();
        const asked = await mask.toolCalls(calls);
        const theirs = asked.calls.filter((call) => this.#isTheirs(call));
        const ours = asked.calls.filter((call) => !theirs.includes(call));
        const results = await this.#search(ours, signal, onParts);
        if (theirs.length > 0) {
          await this.#release(onParts);
          await onParts([this.#handOver(asked, theirs, results), { type: 'finish', reason: 'TOOL_CALLS' }]);
          return;
        }
        this.#steps.push({ transcript: asked.transcript, results });
      }
    } catch (error) {
      // What was said before a failure is part of the answer.
      await this.#release(onParts);
      throw error;
    }
  }

  /** What the model may call in its next turn; null where there is nothing to call. */
  #tools(): ChatTools | null {
    const { searches } = this.#settings;
    const theirs = this.#clientTools();
    if (!searches) return theirs && { definitions: theirs.definitions, choice: theirs.choice };
    // Beside tools that it may go on to call, a model would search in vain.
    const ours = searches.areSpent && theirs ? [] : [searchTool];
    const definitions = [...ours, ...(theirs?.definitions ?? [])];
    return { definitions, choice: this.#choice(searches, theirs) };
  }

  /** Tools that must not be called are not shown beside one that may be. */
  #clientTools(): ClientTools | null {
    const { searches, clientTools } = this.#settings;
    return searches && clientTools?.choice === 'NONE' ? null : clientTools;
  }

  #choice(searches: ChatSearches, theirs: ClientTools | null): ToolChoice {
    if (this.#steps.length >= searches.maxSearches + SPARE_TURNS) return 'NONE';
    return searches.areSpent && !theirs ? 'NONE' : (theirs?.choice ?? 'AUTO');
  }

  /** Whether a call is the client's to answer. A model may call what nobody has declared. */
  #isTheirs({ name }: ToolCall): boolean {
    const isSearch = this.#settings.searches !== null && name === searchTool.name;
    return this.#clientTools() !== null && !isSearch;
  }

  async #search(
    calls: readonly ToolCall[],
    signal: AbortSignal,
    onParts: PartConsumer<SourcePart>,
  ): Promise<readonly ToolResult[]> {
    const { searches } = this.#settings;
    return searches && calls.length > 0 ? searches.run(calls, signal, onParts) : [];
  }

  /** @param results of the other calls of the turn */
  #handOver(
    { calls, transcript }: PartOf<'toolCalls'>,
    theirs: readonly ToolCall[],
    results: readonly ToolResult[],
  ): ClientCallsPart {
    const { mask, clientTools } = this.#settings;
    if (!clientTools) throw new Error('There are no tools of the client.');
    const masked = theirs.map((call) => ({ ...call, id: canonicalId(mask.text(call.id)) }));
    const shown = new Map(withOwnIds(masked).map(({ id }, index) => [theirs[index]?.id, id]));
    const kept = calls.map(({ id: callId, name }) => {
      const result = results.find((found) => found.callId === callId);
      return result ? { result } : { id: shown.get(callId) ?? callId, callId, name };
    });
    const shownCalls = theirs.map(({ id, name, input }) => ({
      id: shown.get(id) ?? id,
      name,
      arguments: input,
    }));
    if (JSON.stringify(shownCalls).length > MAX_CALLS_LENGTH) throw new ProviderUnavailableError();
    return {
      type: 'clientCalls',
      calls: shownCalls,
      transcript: clientTools.seal({ steps: this.#steps, transcript, calls: kept }),
    };
  }

  #request(tools: ChatTools | null): ChatRequest {
    const { request } = this.#settings;
    if (!tools) return request;
    return { ...request, messages: [...request.messages, ...this.#steps.map(told)], tools };
  }

  async #takeTurn(
    tools: ChatTools | null,
    signal: AbortSignal,
    onParts: PartConsumer<SourcePart>,
  ): Promise<Turn> {
    const { adapter } = this.#settings;
    const turn: Turn = { calls: null, finish: null };
    const before = this.#usage;
    if (before?.cost) {
      this.#usage = withoutCost(before);
      await onParts([{ type: 'usage', usage: this.#usage }]);
    }
    await adapter.stream(this.#request(tools), signal, (parts) => {
      const shown: SourcePart[] = [];
      for (const part of parts) this.#take(part, turn, before, shown);
      return shown.length > 0 ? onParts(shown) : undefined;
    });
    return turn;
  }

  /** @param before what the turns before it took */
  #take(part: ChatPart, turn: Turn, before: TokenUsage | null, shown: SourcePart[]): void {
    switch (part.type) {
      case 'text':
      case 'reasoning': {
        const masked = this.#settings.mask.delta(part);
        if (masked) shown.push(this.#show(masked));
        break;
      }
      case 'usage': {
        const usage = before ? addUsage(before, part.usage) : part.usage;
        this.#usage = usage;
        shown.push({ type: 'usage', usage });
        break;
      }
      case 'toolCalls':
        turn.calls = part;
        break;
      case 'finish':
        turn.finish = part;
        break;
    }
  }

  /** What a client sees of a piece, which is masked: clients put the texts of all turns together. */
  #show(part: DeltaPart): DeltaPart {
    const text = this.#paragraphs[part.type].add(this.#steps.length, part.text);
    return text === part.text ? part : { ...part, text };
  }

  async #release(onParts: PartConsumer<SourcePart>): Promise<void> {
    const parts = this.#settings.mask.release().map((part) => this.#show(part));
    if (parts.length > 0) await onParts(parts);
  }
}
