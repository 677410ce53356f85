import { Counter, Histogram, type Registry } from 'prom-client';
import { errorCodes } from '../../common/error-code.js';
import { anomalyRules } from '../../common/anomaly-rules.js';
import {
  anomalyEventsDropped,
  anomalyRaised,
  type EndedUse,
  keyResolved,
  keyVerified,
  limitNames,
  limitReached,
  providerFailed,
  useEnded,
  useRefused,
  webhookTried,
} from '../signals/signals.js';

/** In seconds. */
const KEY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const FIRST_TOKEN_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60];
const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];

/** Stands for every name that is none of the known ones: a label's values must be few. */
const OTHER = 'OTHER';
/** What trying a key may show; `NONE`: nothing. */
export const verdicts = ['VALID', 'REJECTED', 'EXHAUSTED', 'RATE_LIMITED', 'NONE'] as const;
const OUTCOMES = ['OK', 'CANCELLED', ...errorCodes];

/**
 * Counts what is told ({@link Signal}), at the start and the end of a chat and never in between. Every label has a closed
 * set of values: providers, codes, sources, limits, and no model, user or name.
 *
 * @param providerIds of the registry
 * @returns what ends it
 */
export function countSignals(registry: Registry, providerIds: readonly string[]): () => void {
  const metrics = makeMetrics([registry]);
  const providerOf = oneOf(providerIds);
  const outcomeOf = oneOf(OUTCOMES);
  const sourceOf = oneOf(['USER', 'SERVER']);
  const limitOf = oneOf(limitNames);
  const ruleOf = oneOf(anomalyRules);
  const verdictOf = oneOf(verdicts);

  const countEnd = (end: EndedUse): void => {
    const { use } = end;
    const provider = providerOf(end.provider);
    const source = sourceOf(end.keySource);
    metrics.ended.inc({ use, provider, source, outcome: outcomeOf(end.outcome) });
    if (end.durationMs !== null) metrics.duration.observe({ use, provider }, end.durationMs / 1_000);
    if (end.timeToFirstTokenMs !== null)
      metrics.firstToken.observe({ provider }, end.timeToFirstTokenMs / 1_000);
    if (end.inputTokens !== null)
      metrics.tokens.inc({ provider, source, direction: 'input' }, end.inputTokens);
    if (end.outputTokens !== null)
      metrics.tokens.inc({ provider, source, direction: 'output' }, end.outputTokens);
  };

  const stops = [
    useEnded.listen(countEnd),
    useRefused.listen(({ use, outcome }) => metrics.refused.inc({ use, outcome: outcomeOf(outcome) })),
    keyResolved.listen(({ milliseconds }) => metrics.keyResolution.observe(milliseconds / 1_000)),
    providerFailed.listen(({ provider, code }) =>
      metrics.failures.inc({ provider: providerOf(provider), code: outcomeOf(code) }),
    ),
    keyVerified.listen(({ provider, verdict }) =>
      metrics.verified.inc({ provider: providerOf(provider), verdict: verdictOf(verdict) }),
    ),
    anomalyRaised.listen(({ rule }) => metrics.anomalies.inc({ rule: ruleOf(rule) })),
    anomalyEventsDropped.listen(({ count }) => metrics.eventsDropped.inc(count)),
    webhookTried.listen(({ outcome }) => metrics.webhooks.inc({ result: outcome })),
    limitReached.listen(({ limit }) => metrics.limits.inc({ limit: limitOf(limit) })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function makeMetrics(registers: Registry[]) {
  return {
    ended: new Counter({
      name: 'keystream_uses_ended_total',
      help: 'Chats and searches that used a key and are over, by outcome.',
      labelNames: ['use', 'provider', 'source', 'outcome'],
      registers,
    }),
    refused: new Counter({
      name: 'keystream_uses_refused_total',
      help: 'Chats and searches that never began, because no key could be used.',
      labelNames: ['use', 'outcome'],
      registers,
    }),
    duration: new Histogram({
      name: 'keystream_use_duration_seconds',
      help: 'How long chats and searches took, from the request to their end.',
      labelNames: ['use', 'provider'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    firstToken: new Histogram({
      name: 'keystream_chat_first_token_seconds',
      help: 'How long chats waited for their first token, from the request on.',
      labelNames: ['provider'],
      buckets: FIRST_TOKEN_BUCKETS,
      registers,
    }),
    keyResolution: new Histogram({
      name: 'keystream_key_resolution_seconds',
      help: 'How long chats waited until their key was found and open, from the request on.',
      buckets: KEY_BUCKETS,
      registers,
    }),
    tokens: new Counter({
      name: 'keystream_tokens_total',
      help: 'Tokens of chats, as their providers count them.',
      labelNames: ['provider', 'source', 'direction'],
      registers,
    }),
    failures: new Counter({
      name: 'keystream_provider_failures_total',
      help: 'Failures of providers, also those that a retry or another provider made up for.',
      labelNames: ['provider', 'code'],
      registers,
    }),
    verified: new Counter({
      name: 'keystream_key_verifications_total',
      help: 'Keys that were tried with their providers, by what that showed.',
      labelNames: ['provider', 'verdict'],
      registers,
    }),
    anomalies: new Counter({
      name: 'keystream_anomalies_total',
      help: 'What the rules that watch the audit trail have found, muted or not.',
      labelNames: ['rule'],
      registers,
    }),
    eventsDropped: new Counter({
      name: 'keystream_anomaly_events_dropped_total',
      help: 'Events that the rules did not look at, because more came than they can.',
      registers,
    }),
    webhooks: new Counter({
      name: 'keystream_webhooks_total',
      help: 'Attempts to deliver a webhook, by their result.',
      labelNames: ['result'],
      registers,
    }),
    limits: new Counter({
      name: 'keystream_limit_refusals_total',
      help: 'What was refused because of a limit on a user, or for want of time on this server.',
      labelNames: ['limit'],
      registers,
    }),
  };
}

function oneOf(names: readonly string[]): (name: string) => string {
  const known = new Set(names);
  return (name) => (known.has(name) ? name : OTHER);
}
