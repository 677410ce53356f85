import type { ProviderDefinition, ProviderSettings } from '../common/provider-definition.js';
import type { Secret } from '../common/secret.js';
import type { OutboundHttp } from '../outbound/outbound-http.js';

export type ChatRole = 'SYSTEM' | 'USER' | 'ASSISTANT';
export type ReasoningEffort = 'LOW' | 'MEDIUM' | 'HIGH';
export type FinishReason = 'STOP' | 'LENGTH' | 'CONTENT_FILTER' | 'TOOL_LIMIT' | 'OTHER';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/** A chat in no provider's dialect. What is undefined is left to the provider. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly reasoningEffort?: ReasoningEffort | undefined;
}

/** Tokens as the provider counts them. `outputTokens` includes the reasoning tokens. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number | null;
  readonly cachedInputTokens: number | null;
}

/**
 * What an adapter yields, in the provider's order:
 * - `text`, `reasoning`: what the model wrote; never empty.
 * - `usage`: totals so far, as soon as the provider tells them; a later one replaces an earlier one.
 * - `finish`: once, last. A stream that ends without it is an error, never a success.
 */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  | { readonly type: 'finish'; readonly reason: FinishReason };

/** One chat provider's dialect. It holds no state between calls and keeps nothing of the key. */
export interface ChatAdapter {
  /**
   * Calls the provider and yields what it streams, pulling from the socket only as fast as it is iterated.
   * The upstream request is closed when `signal` aborts, also while the upstream is silent, and when the iteration
   * is returned early. After an abort it throws `signal.reason`.
   *
   * @throws UpstreamError, rebuilt from an allow-list: KEY_REJECTED, KEY_EXHAUSTED, UNKNOWN_MODEL,
   * PROVIDER_BAD_REQUEST, PROVIDER_RATE_LIMITED, PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_TRUNCATED
   */
  stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncIterable<ChatPart>;
}

/** A chat provider's entry in the registry. */
export interface ChatProviderEntry<Id extends string = string> extends ProviderDefinition<Id> {
  readonly kind: 'CHAT';
  createAdapter(settings: ProviderSettings, http: OutboundHttp): ChatAdapter;
}

/** Gives an entry its type and keeps its id literal. */
export function defineChatProvider<const Id extends string>(
  entry: ChatProviderEntry<Id>,
): ChatProviderEntry<Id> {
  return entry;
}
