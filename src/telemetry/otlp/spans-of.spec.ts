import type { TracedUse } from '../signals/signals.js';
import { spanOfOperation, spansOfUse } from './spans-of.js';
import { traceOf } from './span.js';

const CHAT_ID = '0197a5b0-0000-7000-8000-00000000000a';
const AT = 1_795_708_559_083;

const chat: TracedUse = {
  use: 'chat',
  traceOf: CHAT_ID,
  provider: 'GOOGLE',
  model: 'gemini-small',
  keySource: 'USER',
  outcome: 'OK',
  inputTokens: 10,
  outputTokens: 5,
  endedAt: AT,
  totalMs: 1_000,
  keyResolutionMs: 20.5,
  timeToFirstTokenMs: 300,
};
/** Milliseconds before the end, as OTLP writes the time. */
const before = (milliseconds: number): string => `${String((AT - milliseconds) * 1_000)}000`;

const attributesOf = ({ attributes }: { readonly attributes: readonly object[] }) =>
  Object.fromEntries(
    (attributes as { key: string; value: object }[]).map(({ key, value }) => [key, Object.values(value)[0]]),
  );

describe('the trace of a chat', () => {
  it('shows how the key was found, the provider, and the stream', () => {
    const [root, key, call, stream] = spansOfUse(chat);
    const { traceId, rootId } = traceOf(CHAT_ID);
    expect(traceId).toBe(CHAT_ID.replaceAll('-', ''));
    expect(root).toMatchObject({ traceId, spanId: rootId, name: 'subscription', kind: 2 });
    expect(root).not.toHaveProperty('parentSpanId');
    expect([root?.startTimeUnixNano, root?.endTimeUnixNano]).toEqual([before(1_000), before(0)]);
    expect(key).toMatchObject({
      ...{ traceId, parentSpanId: rootId, name: 'key resolution', kind: 1 },
      ...{ startTimeUnixNano: before(1_000), endTimeUnixNano: before(979.5) },
    });
    expect(call).toMatchObject({ traceId, parentSpanId: rootId, name: 'chat gemini-small', kind: 3 });
    expect(call?.startTimeUnixNano).toBe(before(979.5));
    expect(stream).toMatchObject({
      ...{ traceId, parentSpanId: call?.spanId, name: 'stream', kind: 1 },
      ...{ startTimeUnixNano: before(700), endTimeUnixNano: before(0) },
    });
    expect(attributesOf(call!)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.model': 'gemini-small',
      'gen_ai.usage.input_tokens': '10',
      'gen_ai.usage.output_tokens': '5',
      'keystream.key.source': 'USER',
      'keystream.outcome': 'OK',
    });
  });

  it('says what a chat failed with, and shows no stream where there was none', () => {
    const spans = spansOfUse({
      ...chat,
      outcome: 'KEY_REJECTED',
      inputTokens: null,
      timeToFirstTokenMs: null,
    });
    expect(spans.map(({ name }) => name)).toEqual(['subscription', 'key resolution', 'chat gemini-small']);
    expect(spans[2]).toMatchObject({ status: { code: 2 } });
    expect(attributesOf(spans[2]!)).toMatchObject({ 'error.type': 'KEY_REJECTED' });
    expect(attributesOf(spans[2]!)).not.toHaveProperty('gen_ai.usage.input_tokens');
  });

  it('does not call it a failure where its user stopped it', () => {
    for (const span of spansOfUse({ ...chat, outcome: 'CANCELLED' }))
      expect(span).not.toHaveProperty('status');
  });
});

describe('the trace of a request', () => {
  it('has its search below its operation', () => {
    const operation = spanOfOperation({
      ...{ traceOf: 'a-request-of-mine', type: 'query', status: 200, endedAt: AT, durationMs: 5 },
    });
    const search = spansOfUse({
      ...chat,
      use: 'search',
      provider: 'BRAVE',
      model: null,
      traceOf: 'a-request-of-mine',
    });
    expect(operation).toMatchObject({ name: 'query', kind: 2, startTimeUnixNano: before(5) });
    expect(operation.traceId).toMatch(/^[\da-f]{32}$/);
    expect(operation.spanId).toMatch(/^[\da-f]{16}$/);
    expect(search.map(({ name }) => name)).toEqual(['key resolution', 'search BRAVE']);
    for (const { traceId, parentSpanId } of search)
      expect([traceId, parentSpanId]).toEqual([operation.traceId, operation.spanId]);
  });
});
