import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parse } from 'yaml';
import { anomalyRules } from '../../src/common/anomaly-rules.js';
import { errorCodes } from '../../src/common/error-code.js';
import { registry } from '../../src/providers/registry/registry.js';
import { readingsOf } from '../../src/serve-metrics.js';
import { verdicts } from '../../src/telemetry/prometheus/metrics.js';
import { MetricsServer } from '../../src/telemetry/prometheus/metrics-server.js';
import { limitNames, webhookOutcomes } from '../../src/telemetry/signals/signals.js';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../deploy', path), 'utf8');

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}
const { panels } = JSON.parse(read('grafana/keystream.json')) as { panels: readonly Panel[] };
const { groups } = parse(read('prometheus/alerts.yml')) as { groups: readonly { rules: readonly Rule[] }[] };

/** Each expression, with the text that shows its labels. */
const expressions: [string, string, string][] = [
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }): [string, string, string] => [title, expr, legendFormat]),
  ),
  ...groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr, annotations }): [string, string, string] => [alert, expr, annotations.summary]),
  ),
];

/** What every series has by the time Prometheus has it. */
const ADDED = ['job', 'instance'];
/** Prometheus' own. */
const UP = 'up';
/** The functions and words of PromQL that stand in them. */
const WORDS = new Set('sum by max rate increase histogram_quantile and or on le'.split(' '));

/** What may stand in a label; a label that is not here may hold anything. */
const values: Readonly<Record<string, readonly string[]>> = {
  use: ['chat', 'search'],
  provider: registry.map(({ id }) => id),
  source: ['USER', 'SERVER'],
  outcome: ['OK', 'CANCELLED', ...errorCodes],
  code: errorCodes,
  direction: ['input', 'output'],
  limit: limitNames,
  door: ['websocket', 'event_stream', 'openai'],
  state: ['busy', 'limit'],
  rule: anomalyRules,
  verdict: verdicts,
  result: webhookOutcomes,
};

describe('what is made of the metrics', () => {
  const server = new MetricsServer({
    providerIds: registry.map(({ id }) => id),
    readings: readingsOf({ get: () => ({}) } as unknown as NestFastifyApplication),
  });
  afterAll(() => server.close());

  /** The labels of a metric or one of its series; null where there is none of this name. */
  function labelsOf(name: string): readonly string[] | null {
    const metric =
      server.registry.getSingleMetric(name) ??
      server.registry.getSingleMetric(name.replace(/_(bucket|sum|count)$/, ''));
    if (!metric) return name === UP ? ADDED : null;
    const { labelNames } = metric as unknown as { labelNames: readonly string[] };
    return [...labelNames, ...ADDED, ...(name.endsWith('_bucket') ? ['le'] : [])];
  }

  /** The names of metrics in an expression, without what is in braces, brackets and quotes. */
  function metricsIn(expression: string): string[] {
    const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|on)\s*\([^)]*\)/g, ' ');
    return [...bare.matchAll(/[a-zA-Z_:][\w:]*/g)].map(([name]) => name).filter((name) => !WORDS.has(name));
  }

  it.each(expressions)('%s: %s names metrics and labels that exist', (_, expression, shown) => {
    const metrics = metricsIn(expression);
    expect(metrics).not.toEqual([]);
    const labels = metrics.map((name) => {
      const found = labelsOf(name);
      expect([name, found]).not.toEqual([name, null]);
      return found ?? [];
    });
    const grouped = [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
      names.split(/,\s*/),
    );
    const selected = [...expression.matchAll(/([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)];
    const shownLabels = [...shown.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(
      ([, name = '']) => name,
    );
    for (const name of [...grouped, ...selected.map(([, label = '']) => label), ...shownLabels])
      for (const known of labels) expect(known).toContain(name);
    for (const [, label = '', operator = '', value = ''] of selected) {
      const known = values[label];
      if (!known) expect(ADDED).toContain(label);
      else if (operator.includes('~')) {
        for (const part of value.split('|'))
          expect(known.filter((each) => new RegExp(`^(?:${part})$`).test(each))).not.toEqual([]);
      } else expect(known).toContain(value);
    }
    // What is summed up has only the labels that it is summed up by.
    if (expression.includes('sum')) for (const name of shownLabels) expect(grouped).toContain(name);
  });

  it('shows every metric of ours', () => {
    const used = new Set(expressions.flatMap(([, expression]) => metricsIn(expression)));
    const shown = (name: string): boolean => used.has(name) || used.has(`${name}_bucket`);
    const ours = server.registry.getMetricsAsArray().filter(({ name }) => name.startsWith('keystream_'));
    expect(ours.map(({ name }) => name).filter((name) => !shown(name))).toEqual([]);
  });

  it('says of each alert what is wrong, and how bad it is', () => {
    for (const { rules } of groups)
      for (const rule of rules) {
        expect(rule.annotations.summary).toMatch(/\.$/);
        expect(rule).toHaveProperty('labels.severity', expect.stringMatching(/^(warning|critical)$/));
      }
    const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(new Set(names).size).toBe(names.length);
  });
});
