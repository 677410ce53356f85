import { Logger } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { BoundedLines } from '../../common/bounded-lines.js';
import { OutboundHttp } from '../../outbound/outbound-http.js';
import { operationTraced, useTraced } from '../signals/signals.js';
import { names, SCHEMA_URL } from './semantic-conventions.js';
import { type Span, toAttributes } from './span.js';
import { spanOfOperation, spansOfUse } from './spans-of.js';

/** How often spans are sent, in milliseconds, and so many at a time. */
const INTERVAL_MS = 5_000;
const MOST_AT_ONCE = 512;
/** Spans that wait: some megabytes. Further ones are dropped. */
const MOST_WAITING = 8_192;
/** How long a collector may take, in milliseconds; at the end, how long it is waited for. */
const TIMEOUT_MS = 10_000;
const LAST_TIMEOUT_MS = 2_000;

const SERVICE = 'keystream';

/**
 * Sends traces to a collector, by OTLP over HTTP, in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). A collector that
 * is away holds nothing up: what it does not take is lost.
 *
 * The collector is of the operator's own network: it is not called through the proxy that leads out of it.
 */
export class SpanExporter {
  readonly #lines = new BoundedLines(new Logger('Traces'));
  readonly #http = new OutboundHttp();
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  readonly #stops: readonly (() => void)[];
  readonly #closing = new AbortController();
  #waiting: Span[] = [];
  #sending: Promise<void> | null = null;

  /** @param endpoint without the path of traces */
  constructor(endpoint: string) {
    this.#url = `${endpoint}/v1/traces`;
    this.#timer = setInterval(() => void this.#flush(TIMEOUT_MS), INTERVAL_MS).unref();
    this.#stops = [
      useTraced.listen((use) => this.#add(spansOfUse(use))),
      operationTraced.listen((operation) => this.#add([spanOfOperation(operation)])),
    ];
  }

  /** Sends what waits, once. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    clearInterval(this.#timer);
    await this.#sending;
    await this.#flush(LAST_TIMEOUT_MS);
    this.#closing.abort();
    this.#lines.flush();
    await this.#http.close();
  }

  #add(spans: readonly Span[]): void {
    if (this.#waiting.length + spans.length > MOST_WAITING) {
      this.#lines.warn('Spans were dropped: the collector takes them too slowly');
      return;
    }
    this.#waiting.push(...spans);
    if (this.#waiting.length >= MOST_AT_ONCE) void this.#flush(TIMEOUT_MS);
  }

  async #flush(timeoutMs: number): Promise<void> {
    if (this.#sending) return;
    this.#sending = this.#sendAll(timeoutMs);
    await this.#sending;
    this.#sending = null;
  }

  async #sendAll(timeoutMs: number): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, MOST_AT_ONCE);
      const problem = await this.#send(spans, timeoutMs);
      if (problem === null) continue;
      this.#lines.warn('The collector at OTEL_EXPORTER_OTLP_ENDPOINT does not take traces', problem);
      return;
    }
  }

  /** @returns what went wrong; null where nothing did */
  async #send(
    spans: readonly Span[],
    timeoutMs: number,
  ): Promise<Readonly<Record<string, string | number>> | null> {
    try {
      const { status, body } = await this.#http.request({
        method: 'POST',
        url: this.#url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(toMessage(spans)),
        signal: this.#closing.signal,
        firstByteTimeoutMs: timeoutMs,
        idleTimeoutMs: timeoutMs,
      });
      // Of no interest: the status says all.
      await body.return?.();
      return status < 300 ? null : { status };
    } catch (error) {
      return { code: error instanceof AppError ? error.code : 'unknown' };
    }
  }
}

function toMessage(spans: readonly Span[]): object {
  const resource = { attributes: toAttributes({ [names.serviceName]: SERVICE }) };
  const scopeSpans = [{ scope: { name: SERVICE }, schemaUrl: SCHEMA_URL, spans }];
  return { resourceSpans: [{ resource, schemaUrl: SCHEMA_URL, scopeSpans }] };
}
