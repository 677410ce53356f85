import type { TracedOperation, TracedUse } from '../signals/signals.js';
import { names, providerName } from './semantic-conventions.js';
import { type Span, SpanKind, toSpan, traceOf } from './span.js';

/**
 * What a trace shows of a chat or search: how its key was found, the call to its provider, and of a chat the stream that
 * follows the first token. It is made at the end, from what was measured anyway: while a chat streams, nothing is.
 */
export function spansOfUse(use: TracedUse): Span[] {
  const trace = traceOf(use.traceOf);
  const { endedAt } = use;
  const beganAt = endedAt - use.totalMs;
  const openedAt = beganAt + use.keyResolutionMs;
  const isChat = use.use === 'chat';
  const hasFailed = use.outcome !== 'OK' && use.outcome !== 'CANCELLED';
  const part = { trace, parentId: trace.rootId };
  const call = toSpan({
    ...part,
    name: isChat ? `chat ${use.model ?? ''}`.trimEnd() : `search ${use.provider}`,
    kind: SpanKind.CLIENT,
    beganAt: openedAt,
    endedAt,
    hasFailed,
    attributes: {
      ...(isChat && { [names.operation]: 'chat' }),
      [names.provider]: providerName(use.provider),
      [names.model]: use.model,
      [names.inputTokens]: use.inputTokens,
      [names.outputTokens]: use.outputTokens,
      [names.keySource]: use.keySource,
      [names.finishedAs]: use.outcome,
      [names.errorType]: hasFailed ? use.outcome : null,
    },
  });
  const spans = [
    toSpan({ ...part, name: 'key resolution', kind: SpanKind.INTERNAL, beganAt, endedAt: openedAt }),
    call,
  ];
  if (!isChat) return spans;
  const operation = { [names.operationType]: 'subscription' };
  const root = { trace, parentId: null, name: 'subscription', kind: SpanKind.SERVER, beganAt, endedAt };
  spans.unshift(toSpan({ ...root, attributes: operation, hasFailed }));
  if (use.timeToFirstTokenMs !== null) {
    const firstAt = beganAt + use.timeToFirstTokenMs;
    const stream = { trace, parentId: call.spanId, name: 'stream', kind: SpanKind.INTERNAL };
    spans.push(toSpan({ ...stream, beganAt: firstAt, endedAt }));
  }
  return spans;
}

/** A query or mutation, at the root of its trace. */
export function spanOfOperation({ traceOf: id, type, status, endedAt, durationMs }: TracedOperation): Span {
  return toSpan({
    trace: traceOf(id),
    parentId: null,
    name: type,
    kind: SpanKind.SERVER,
    beganAt: endedAt - durationMs,
    endedAt,
    hasFailed: status >= 500,
    attributes: { [names.operationType]: type, [names.httpStatus]: status },
  });
}
