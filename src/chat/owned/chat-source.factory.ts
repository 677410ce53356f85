import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '../../common/error-code.js';
import { Config } from '../../config/config.js';
import type { KeyCaller } from '../../keys/key-decisions.service.js';
import { KeyResolutionService, type ResolvedKey } from '../../keys/key-resolution.service.js';
import { KeyUseService } from '../../keys/key-use.service.js';
import { maskOf } from '../../keys/mask-of.js';
import { ChatAdapters } from '../../providers/chat/chat-adapters.js';
import type { ChatRequest, ChatTurn, TokenUsage } from '../../providers/chat/contract.js';
import { candidatesOf, type ChatProviderId } from '../../providers/registry/provider-ids.js';
import { WebSearchService } from '../../web-search/web-search.service.js';
import { AnswerMask } from '../answer/answer-mask.js';
import { takesAll } from '../conversation/check-media.js';
import { tellTo } from '../conversation/conversation.js';
import type { ResponseSchema } from '../conversation/read-response-schema.js';
import { JudgedSource } from '../answer/judged-source.js';
import { schemaViolation } from './schema-violation.js';
import { BadUserInputError } from '../../common/input-errors.js';
import type { AskedChat } from '../conversation/conversation.service.js';
import { ToolTranscripts } from '../conversation/tool-transcripts.js';
import type { ChatInput } from '../schema/chat.inputs.js';
import { ChatSearches } from '../answer/chat-searches.js';
import type { ChatSource } from '../run/chat-source.js';
import { FailoverSource, type OpenAttempt } from '../answer/failover-source.js';
import { PricedAdapter } from '../answer/priced-adapter.js';
import { RetryOnce } from '../answer/retry-once.js';
import { DEFAULT_MAX_SEARCHES } from '../schema/chat-web-search.input.js';
import { tokenDemandOf } from './token-demand.js';
import { AnswerInTurns } from '../answer/answer-in-turns.js';
import { MAX_RESULTS } from '../answer/search-tool.js';

interface ChatToAnswer {
  readonly caller: KeyCaller;
  readonly chatId: string;
  readonly input: ChatInput;
  /** What the input says, and with which tools. */
  readonly asked: AskedChat;
}

/** Makes what a run relays: calls of providers, one after the other where the input asks for failover. */
@Injectable()
export class ChatSourceFactory {
  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly uses: KeyUseService,
    private readonly adapters: ChatAdapters,
    private readonly webSearches: WebSearchService,
    private readonly transcripts: ToolTranscripts,
    private readonly config: Config,
  ) {}

  /** @param key the first attempt's; from here on the source destroys it */
  create(chat: ChatToAnswer, key: ResolvedKey<ChatProviderId>): ChatSource {
    // One budget, however many providers are tried.
    const searches = this.searchesOf(chat);
    const source = new FailoverSource({
      first: { key, model: this.modelOf(key.provider, chat.input.model) },
      call: (attempt, signal, onParts) => this.answerOf(chat, attempt, searches).give(signal, onParts),
      openNext: chat.input.failover
        ? (failed, code, usage, signal) => this.openNext(chat, failed, code, usage, signal)
        : () => Promise.resolve(null),
    });
    const { responseSchema } = chat.asked;
    return responseSchema ? new JudgedSource(source, responseSchema.judge) : source;
  }

  /** @throws BadUserInputError BAD_USER_INPUT where the provider does not take the schema that the answer is to fit */
  checkSchema(provider: ChatProviderId, input: ChatInput, asked: AskedChat): void {
    const model = this.modelOf(provider, input.model);
    const violation = schemaViolation(provider, model, input, asked);
    if (violation) throw new BadUserInputError([violation]);
  }

  /** @param named the input's, which is one of the first attempt's provider and means nothing to others */
  modelOf(provider: ChatProviderId, named?: string | null): string {
    const model = named ?? this.config.getProvider(provider).defaultModel;
    if (model === null) throw new Error(`The chat provider ${provider} has no default model.`);
    return model;
  }

  private answerOf(
    { caller, input, asked }: ChatToAnswer,
    { key, model }: OpenAttempt,
    searches: ChatSearches | null,
  ): AnswerInTurns {
    const speaker = { provider: key.provider, endpoint: input.endpoint ?? null, model };
    return new AnswerInTurns({
      adapter: new RetryOnce(new PricedAdapter(this.adapters.for(key), key.provider)),
      request: toRequest(input, model, tellTo(speaker, asked.conversation), asked.responseSchema),
      mask: new AnswerMask(maskOf(key)),
      searches,
      clientTools: asked.tools && {
        ...asked.tools,
        seal: (answer) => this.transcripts.seal(caller.userId, speaker, answer),
      },
    });
  }

  private searchesOf({ caller, chatId, input: { webSearch } }: ChatToAnswer): ChatSearches | null {
    if (!webSearch) return null;
    const { provider = null, maxSearches, includeContent = null } = webSearch;
    return new ChatSearches({
      chatId,
      maxSearches: maxSearches ?? DEFAULT_MAX_SEARCHES,
      search: (query, signal, onKeyOpened) =>
        this.webSearches.search(caller, { query, provider, limit: MAX_RESULTS, includeContent }, signal, {
          chatId,
          onKeyOpened,
        }),
      engineOf: (error) => this.webSearches.providerOf(error, provider),
    });
  }

  /** On along the order: never back, never round. */
  private async openNext(
    { caller, chatId, input, asked }: ChatToAnswer,
    { key }: OpenAttempt,
    code: ErrorCode,
    usage: TokenUsage | null,
    signal: AbortSignal,
  ): Promise<OpenAttempt | null> {
    // What was asked of an endpoint goes to no provider.
    if (key.endpoint !== null) return null;
    const { provider, source, keyId } = key;
    const order = candidatesOf('CHAT');
    // One that does not take all that was said, or the schema, cannot give the answer.
    const left = order
      .slice(order.indexOf(provider) + 1)
      .filter((next) => takesAll(next, asked.conversation))
      .filter((next) => !schemaViolation(next, this.modelOf(next), input, asked));
    if (left.length === 0) return null;
    const failed = { provider, source, keyId, chatId, code, usage, network: caller.network };
    await this.uses.recordFailure(caller.userId, failed);
    const next = await this.resolution.openAfter(caller, failed, {
      providers: left,
      endpoint: null,
      chatId,
      use: 'CHAT',
      modelOf: (candidate) => this.modelOf(candidate),
      tokens: tokenDemandOf(input, asked.conversation),
      // A chat that has ended by now uses no further key.
      onOpen: () => signal.throwIfAborted(),
    });
    return next && { key: next, model: this.modelOf(next.provider) };
  }
}

function toRequest(
  input: ChatInput,
  model: string,
  messages: readonly ChatTurn[],
  responseSchema: ResponseSchema | null,
): ChatRequest {
  return {
    model,
    messages,
    temperature: input.temperature ?? undefined,
    maxOutputTokens: input.maxOutputTokens ?? undefined,
    reasoningEffort: input.reasoningEffort ?? undefined,
    promptCache: input.promptCache ?? undefined,
    responseSchema: responseSchema?.schema,
  };
}
