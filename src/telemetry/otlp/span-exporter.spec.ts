import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TraceCollector } from '../../../test/support/trace-collector.js';
import { operationTraced } from '../signals/signals.js';
import { SpanExporter } from './span-exporter.js';

const operation = { type: 'query', status: 200, endedAt: 1_795_708_559_083, durationMs: 5 } as const;

describe('what sends traces', () => {
  let collector: TraceCollector;
  let warnings: unknown[][];
  beforeEach(async () => {
    collector = await TraceCollector.start();
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((...line: unknown[]) => void warnings.push(line));
  });
  afterEach(() => {
    collector.stop();
    jest.restoreAllMocks();
  });

  it('sends them together, and the last ones when it is closed', async () => {
    const exporter = new SpanExporter(collector.url);
    for (let index = 0; index < 600; index += 1)
      operationTraced.tell({ ...operation, traceOf: String(index) });
    await exporter.close();
    expect(collector.spans).toHaveLength(600);
    expect(collector.paths).toEqual(new Set(['/v1/traces']));
    expect(collector.text).toContain('"schemaUrl":"https://opentelemetry.io/schemas/1.37.0"');
    expect(collector.text).toContain('{"key":"service.name","value":{"stringValue":"keystream"}}');
    operationTraced.tell({ ...operation, traceOf: 'late' });
    expect(warnings).toEqual([]);
  });

  it('says so where the collector refuses them', async () => {
    collector.status = 503;
    const exporter = new SpanExporter(collector.url);
    operationTraced.tell({ ...operation, traceOf: '1' });
    await exporter.close();
    expect(warnings).toEqual([
      [{ status: 503 }, 'The collector at OTEL_EXPORTER_OTLP_ENDPOINT does not take traces'],
    ]);
  });

  it('says so where it is away, and keeps no more than it may', async () => {
    const { url } = collector;
    collector.stop();
    const exporter = new SpanExporter(url);
    for (let index = 0; index < 10_000; index += 1)
      operationTraced.tell({ ...operation, traceOf: String(index) });
    await exporter.close();
    expect(warnings).toContainEqual(['Spans were dropped: the collector takes them too slowly']);
    expect(warnings).toContainEqual([
      { code: 'PROVIDER_UNAVAILABLE' },
      'The collector at OTEL_EXPORTER_OTLP_ENDPOINT does not take traces',
    ]);
  });
});
