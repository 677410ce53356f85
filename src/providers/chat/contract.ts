import type { Cost } from '../../common/cost.js';
import type { JsonSchema } from '../../common/json-schema.js';
import type { Addressed, Operated, ProviderDefinition } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { ChatDialect } from './chat-dialect.js';
import type { ContentPart, MediaTypes } from './media.js';

export type ChatRole = 'SYSTEM' | 'USER' | 'ASSISTANT';
export type ReasoningEffort = 'LOW' | 'MEDIUM' | 'HIGH';
/** AUTO: what a provider caches only where it is marked is marked. */
export type PromptCache = 'OFF' | 'AUTO';
/** TOOL_CALLS: the caller's own tools are called. No adapter says so: which tools are whose is not for it to know. */
export type FinishReason = 'STOP' | 'LENGTH' | 'CONTENT_FILTER' | 'TOOL_LIMIT' | 'TOOL_CALLS' | 'OTHER';

/** A message of text. */
export interface TextMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/** A message with an image or a file, at least one. */
export interface MediaMessage {
  readonly role: 'USER';
  readonly content: readonly ContentPart[];
}

export type ChatMessage = TextMessage | MediaMessage;

/** A tool that the model may call. */
export interface ToolDefinition {
  /** Letters, digits, `_` and `-`, 64 at most: what every provider takes. */
  readonly name: string;
  /** For the model: what the tool does, and when to call it. */
  readonly description?: string | undefined;
  /** The JSON Schema of an object (https://json-schema.org). No provider is asked to enforce it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The caller's input that the tool comes from: what an error names where the provider does not accept the tool. */
  readonly inputName: string;
}

/** What the model asks for. It is the model's word: neither the name nor the input need be what was declared. */
export interface ToolCall {
  /** Unique among the calls of one turn: the provider's own id, with a suffix where it repeats one, or one made here. */
  readonly id: string;
  readonly name: string;
  /** Parsed JSON of any type: an empty object where the model wrote none, and its text where that does not parse. */
  readonly input: unknown;
}

export interface ToolResult {
  /** The id and the name of the {@link ToolCall} that it answers. */
  readonly callId: string;
  readonly name: string;
  /** For the model to read. Where `isError`, what went wrong. */
  readonly content: string;
  readonly isError: boolean;
}

/** A turn of which no more is known than what it said and called. */
export interface PlainTurn {
  /** May be empty. */
  readonly text: string;
  /** At least one. Their ids are nine letters and digits, which every provider takes, and unique in the conversation. */
  readonly calls: readonly ToolCall[];
}

/** An earlier turn in which the model called tools, and what came of it. */
export interface ToolStep {
  readonly role: 'CALLS';
  /**
   * The `transcript` of the turn's `toolCalls` part: what the adapter needs to say that turn again, with its hidden
   * reasoning. Plain JSON, read by that adapter alone, and good for the same model only.
   */
  readonly turn: { readonly transcript: unknown } | PlainTurn;
  /** One for each of the turn's calls, in their order: a provider refuses a call that has no result. */
  readonly results: readonly ToolResult[];
}

export type ChatTurn = ChatMessage | ToolStep;

/**
 * AUTO: the model calls what it wants to. NONE: it must answer now, with what it has; the definitions are sent all the
 * same, for the calls of the conversation. REQUIRED: it must call one, or the one that is named.
 */
export type ToolChoice = 'AUTO' | 'NONE' | 'REQUIRED' | { readonly name: string };

/** The tools that the model may call. */
export interface ChatTools {
  /** At least one. */
  readonly definitions: readonly ToolDefinition[];
  readonly choice: ToolChoice;
}

/** A chat in no provider's dialect. What is undefined is left to the provider. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatTurn[];
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly reasoningEffort?: ReasoningEffort | undefined;
  readonly tools?: ChatTools | undefined;
  /** The JSON Schema that the answer's text is to fit, which the dialect takes: see `schemaRefusalOf`. No adapter checks the text. */
  readonly responseSchema?: JsonSchema | undefined;
  /** OFF where it is left out. */
  readonly promptCache?: PromptCache | undefined;
}

/**
 * Tokens as the provider counts them. `inputTokens` includes those read from and written to its cache, `outputTokens` the
 * reasoning tokens.
 */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteInputTokens: number | null;
  /** What they cost. Left out, or null, where the API does not say so. */
  readonly cost?: Cost | null;
}

/**
 * What an adapter hands on, in the provider's order:
 * - `text`, `reasoning`: what the model wrote; never empty.
 * - `usage`: this turn's totals so far, as soon as the provider reports them; a later one replaces an earlier one.
 * - `toolCalls`: at most once, only where the request has tools, and directly before `finish`: all calls of the turn in
 *   the model's order, never an empty list. The reason of such a turn is STOP: whether the answer goes on is for the
 *   caller to decide. A turn that was cut or filtered hands on none of its calls.
 * - `finish`: once, last. TOOL_LIMIT only where the choice is NONE and the provider reports that the model called one
 *   anyway, without handing the call on. A stream that ends without it is an error, never a success.
 */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  | { readonly type: 'toolCalls'; readonly calls: readonly ToolCall[]; readonly transcript: unknown }
  | { readonly type: 'finish'; readonly reason: FinishReason };

/**
 * Takes the parts that came together, in their order; at least one.
 *
 * @returns a promise where no more may come before it has resolved: the provider waits
 */
export type PartConsumer<Part = ChatPart> = (parts: readonly Part[]) => Promise<void> | void;

/** A way to one chat provider. It holds no state between calls and keeps nothing of the key. */
export interface ChatAdapter {
  /**
   * Calls the provider, and hands on what it streams in the turn of the event loop in which it comes. No more is read from
   * the socket while the consumer has no room. The upstream request is closed when `signal` aborts, also while the
   * upstream is silent. Resolves after `finish`; after an abort it throws `signal.reason`.
   *
   * Images and files of the request are read while it is sent, and what that throws is thrown on as it is.
   *
   * @throws UpstreamError, rebuilt from an allow-list: KEY_REJECTED, KEY_EXHAUSTED, UNKNOWN_MODEL,
   * PROVIDER_BAD_REQUEST, PROVIDER_RATE_LIMITED, PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_TRUNCATED
   */
  stream(request: ChatRequest, key: Secret, signal: AbortSignal, onParts: PartConsumer): Promise<void>;
}

/** An adapter with the one key that it sends. */
export interface KeyedChatAdapter {
  /** As {@link ChatAdapter.stream}. */
  stream(request: ChatRequest, signal: AbortSignal, onParts: PartConsumer): Promise<void>;
}

/** A chat provider's entry in the registry. */
export interface ChatProviderEntry<Id extends string = string> extends ProviderDefinition<Id> {
  readonly kind: 'CHAT';
  /** Which list of @pydantic/genai-prices has its prices. Without one its models have no price. */
  readonly priceList?: string;
  /** Which list of the catalogue knows what its models can (catalogue/capabilities.ts). */
  readonly capabilityList?: string;
  /** What its API takes beside text. */
  readonly media: MediaTypes;
  readonly dialect: ChatDialect;
}

/** Gives an entry its type and keeps its id literal. */
export function defineChatProvider<const Id extends string>(
  entry: ChatProviderEntry<Id> & Operated,
): ChatProviderEntry<Id> & Operated {
  return entry;
}

/** The same for one whose keys come each with an address of its own. */
export function defineEndpointProvider<const Id extends string>(
  entry: ChatProviderEntry<Id> & Addressed,
): ChatProviderEntry<Id> & Addressed {
  return entry;
}
