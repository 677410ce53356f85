import type { ProviderSettings } from '../../common/provider-definition.js';
import type { OutboundHttp } from '../../outbound/outbound-http.js';
import { readErrorAnswer } from '../../outbound/error-answer.js';
import { readJson } from '../../outbound/read-json.js';
import { retryAfterMs } from '../../outbound/retry-after.js';
import {
  findUpstreamError,
  toUpstreamError,
  type FailureTable,
  type UpstreamFailure,
} from '../../outbound/upstream-failure.js';
import { UpstreamError } from '../../outbound/upstream-error.js';
import { hostOf } from '../../outbound/upstream-log.js';
import { toWellFormedJson } from '../../outbound/well-formed-json.js';

/** How an engine says that something is wrong. */
export interface FailureDialect {
  /** Where this engine's codes and statuses mean something else than usual. */
  readonly table: FailureTable;
  /** The engine's own codes in an error's body, which may be anything at all. */
  readonly codesOf: (body: unknown) => readonly unknown[];
  /** The status that an error's body repeats; asked where the answer's own says that all is well. */
  readonly statusIn?: (body: unknown) => unknown;
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
      body: request.body && toWellFormedJson(request.body),
      signal,
      firstByteTimeoutMs,
      idleTimeoutMs,
    });
    if (response.status >= 300) {
      const { status, body } = await readErrorAnswer(response, signal);
      throw toUpstreamError(this.#toFailure(status, body, response.headers), this.#table);
    }
    const answer = await readJson(response.body, MAX_ANSWER_BYTES);
    // Some engines, and what stands in front of them, send an error as if all were well.
    const status = this.dialect.statusIn?.(answer);
    const failure = this.#toFailure(typeof status === 'number' ? status : null, answer, response.headers);
    const error = findUpstreamError(failure, this.#table);
    if (error) throw error;
    return answer;
  }

  #addressOf({ endpoint = 'api', path }: EngineRequest): string {
    const base = this.settings.endpoints[endpoint];
    if (base === undefined) throw new Error(`The engine was made without the endpoint ${endpoint}.`);
    return base + path;
  }

  #toFailure(status: number | null, answer: unknown, headers: Headers): UpstreamFailure {
    return {
      status,
      codes: this.dialect.codesOf(answer),
      retryAfterMs: retryAfterMs(headers) ?? this.dialect.retryAfterMs?.(headers) ?? null,
    };
  }
}
