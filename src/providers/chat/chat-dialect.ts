import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import type { UpstreamError } from '../../outbound/upstream-error.js';
import type { ChatPart, ChatRequest } from './contract.js';
import type { ModelEntry } from './listed-model.js';
import type { AdditionName } from './refused-addition.error.js';
import type { SchemaDemand, SchemaRefusal } from './response-schema/schema-subset.js';

/** One request as the provider takes it, without the key. */
export interface DialectRequest {
  /** Never holds a key. */
  readonly url: string;
  /** Beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: unknown;
}

/**
 * Rebuilds a failure that the provider reports.
 *
 * @param error what its answer calls `error`; undefined where there is none, and anything else from outside
 * @param status the HTTP status; null inside a stream
 * @param retryAfterMs what the answer's headers say
 */
export type ToFailure = (error: unknown, status: number | null, retryAfterMs: number | null) => UpstreamError;

/**
 * Reads the answer to one request. It has no I/O, no timer and no key: what it says depends on what it is given alone.
 */
export interface ChatDecoder {
  /**
   * Takes the stream's next event. After a `finish` it is not called again.
   *
   * @returns its parts, to be taken at once; the iteration throws after those that stand before a failure
   * @throws UpstreamError the failure that the provider reports; PROVIDER_UNAVAILABLE where it is unreadable
   */
  push(event: ServerSentEvent): Iterable<ChatPart>;

  /**
   * Takes the end of the body, where no `finish` came before.
   *
   * @returns parts of which the last is `finish`
   * @throws ProviderTruncatedError PROVIDER_TRUNCATED where the answer is not complete
   */
  end(): Iterable<ChatPart>;

  /** Whether the answer would be complete if nothing came any more, although more may come. */
  readonly mayEnd: boolean;

  /**
   * Whether the provider has said that it refuses to answer, without having ended its answer yet. However the
   * answer ends then, the question may go to no other provider.
   */
  readonly isRefused?: boolean;
}

/** How many models one answer should list: as few as the API can, to try a key; or many, from the beginning or behind a place. */
export type ModelPage = 'SHORTEST' | { readonly after: string | null };

/** The call that lists models, which costs nothing: with it a key is tried, too, unless there is a {@link ChatDialect.keyCall}. */
export interface ModelListCall {
  toRequest(endpoints: ProviderSettings['endpoints'], page: ModelPage): Omit<DialectRequest, 'body'>;
  /** What an answer lists; null where the API itself cannot have answered so. */
  entriesIn(answer: unknown): readonly unknown[] | null;
  /** What an entry says of its model; null where it says that one cannot chat with it. */
  toModel(entry: unknown): ModelEntry | null;
  /** The place behind which the next page begins, as the API names it. Without it there is one page. */
  nextIn?(answer: unknown): unknown;
}

/** How a provider is spoken to. */
export interface ChatDialect {
  /** @param without what the provider has refused of our own additions */
  toRequest(
    request: ChatRequest,
    endpoints: ProviderSettings['endpoints'],
    without: ReadonlySet<AdditionName>,
  ): DialectRequest;
  /** The headers that carry the key. */
  toKeyHeaders(key: Secret): Readonly<Record<string, string>>;
  createDecoder(request: ChatRequest): ChatDecoder;
  /** Why it cannot be asked for an answer that fits a schema; null where it can. Left out: it never can. */
  readonly schemaRefusalOf?: (demand: SchemaDemand) => SchemaRefusal | null;
  readonly toFailure: ToFailure;
  readonly models: ModelListCall;
  /** The call with which a key is tried where models are listed without one. It costs nothing, too. */
  readonly keyCall?: {
    toRequest(endpoints: ProviderSettings['endpoints']): Omit<DialectRequest, 'body'>;
    /**
     * @returns what the answer proves, a sentence of our own; null where the API itself cannot have answered so
     * @throws KeyExhaustedError KEY_EXHAUSTED where it says that nothing is left
     */
    proofIn(answer: unknown): string | null;
  };
}
