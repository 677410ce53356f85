import { createHash, randomBytes } from 'node:crypto';

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
export const SpanKind = { INTERNAL: 1, SERVER: 2, CLIENT: 3 } as const;
const STATUS_ERROR = 2;

export type Attributes = Readonly<Record<string, string | number | null>>;

/** A span as OTLP's JSON has it. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly object[];
  readonly status?: { readonly code: number };
}

/** A trace, and the span at its root: found again by whoever knows the id that it is the trace of. */
export interface Trace {
  readonly traceId: string;
  readonly rootId: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @param id of a chat or a request. A UUID is its trace's id, without the hyphens: so logs lead to traces. */
export function traceOf(id: string): Trace {
  const digest = createHash('sha256').update(id).digest('hex');
  const traceId = UUID.test(id) ? id.replaceAll('-', '').toLowerCase() : digest.slice(0, 32);
  return { traceId, rootId: digest.slice(32, 48) };
}

export interface NewSpan {
  readonly trace: Trace;
  /** Null for the span at the root. */
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: number;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
  readonly endedAt: number;
  /** What is null is left out. */
  readonly attributes?: Attributes;
  readonly hasFailed?: boolean;
}

export function toSpan({ trace, parentId, attributes = {}, hasFailed = false, ...span }: NewSpan): Span {
  return {
    traceId: trace.traceId,
    spanId: parentId === null ? trace.rootId : randomBytes(8).toString('hex'),
    ...(parentId !== null && { parentSpanId: parentId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: toNanoseconds(Math.min(span.beganAt, span.endedAt)),
    endTimeUnixNano: toNanoseconds(span.endedAt),
    attributes: toAttributes(attributes),
    ...(hasFailed && { status: { code: STATUS_ERROR } }),
  };
}

export function toAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    if (value === null) return [];
    return [{ key, value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) } }];
  });
}

const toNanoseconds = (milliseconds: number): string =>
  String(BigInt(Math.round(milliseconds * 1_000)) * 1_000n);
