import type { ProviderSettings } from '../common/provider-definition.js';
import type { OutboundHttp, OutboundResponse } from '../outbound/outbound-http.js';
import { readJson } from '../outbound/read-json.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import { toUpstreamError, type FailureTable } from '../outbound/upstream-failure.js';
import { UpstreamError } from '../outbound/upstream-error.js';
import { hostOf } from '../outbound/upstream-log.js';

/** How an engine says that something is wrong. */
export interface FailureDialect {
  /** Where this engine's codes and statuses mean something else than usual. */
  readonly table: FailureTable;
  /** The engine's own codes in an error's body, which may be anything at all. */
  readonly codesOf: (body: unknown) => readonly unknown[];
  /** Milliseconds to wait, from headers of the engine's own; asked where it sends no `Retry-After`. */
  readonly retryAfterMs?: (headers: Headers) => number | null;
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST';
  /** One of the names in the definition's `environment.endpoints`. */
  readonly endpoint?: string;
  /** Path and query. Never holds the key. */
  readonly path: string;
  /** The header with the key, and what else the engine wants. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Room for twenty pages' text, and an end to an answer that has none. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** No engine has models: an address that is not there says that the engine, or the way to it, has changed. */
const SEARCH_STATUSES: FailureTable['statuses'] = { 404: 'unavailable' };

/** One request and its JSON answer, with failures rebuilt from what the engine's dialect recognises. */
export class EngineClient {
  readonly #table: FailureTable;

  constructor(
    private readonly http: OutboundHttp,
    private readonly settings: ProviderSettings,
    private readonly dialect: FailureDialect,
  ) {
    this.#table = { ...dialect.table, statuses: { ...SEARCH_STATUSES, ...dialect.table.statuses } };
  }

  /**
   * @throws UpstreamError, as {@link SearchEngine.search} lists them; `signal.reason` after an abort
   */
  async call(request: EngineRequest, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#exchange(request, signal);
    } catch (error) {
      // An engine may have several hosts.
      if (error instanceof UpstreamError) error.host ??= hostOf(this.#addressOf(request));
      throw error;
    }
  }

  async #exchange(request: EngineRequest, signal: AbortSignal): Promise<unknown> {
    const { firstByteTimeoutMs, idleTimeoutMs } = this.settings;
    const response = await this.http.request({
      method: request.method,
      url: this.#addressOf(request),
      headers: {
        accept: 'application/json',
        ...(request.body && { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: request.body && JSON.stringify(request.body),
      signal,
      firstByteTimeoutMs,
      idleTimeoutMs,
    });
    if (response.status >= 300) throw await this.#failureOf(response, signal);
    return readJson(response.body, MAX_ANSWER_BYTES);
  }

  #addressOf({ endpoint = 'api', path }: EngineRequest): string {
    const base = this.settings.endpoints[endpoint];
    if (base === undefined) throw new Error(`The engine was made without the endpoint ${endpoint}.`);
    return base + path;
  }

  async #failureOf({ status, headers, body }: OutboundResponse, signal: AbortSignal): Promise<UpstreamError> {
    // The status says enough where the body is cut, too large or no JSON.
    const answer = await readJson(body, MAX_ERROR_BYTES).catch(() => null);
    signal.throwIfAborted();
    const failure = {
      status,
      codes: this.dialect.codesOf(answer),
      retryAfterMs: retryAfterMs(headers) ?? this.dialect.retryAfterMs?.(headers) ?? null,
    };
    return toUpstreamError(failure, this.#table);
  }
}
