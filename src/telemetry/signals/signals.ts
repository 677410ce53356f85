import { Signal } from './signal.js';

/** What a key is used for. */
export type Use = 'chat' | 'search';

/** A chat or search that used a key is over. */
export interface EndedUse {
  readonly use: Use;
  readonly provider: string;
  readonly keySource: string;
  /** `OK`, `CANCELLED` or an error code. */
  readonly outcome: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Of a chat that had one. */
  readonly timeToFirstTokenMs: number | null;
  /** Null where the server that measured it is gone. */
  readonly durationMs: number | null;
}
export const useEnded = new Signal<EndedUse>('use.ended');

/** A chat or search never began: no key could be used. */
export interface UnbegunUse {
  readonly use: Use;
  readonly outcome: string;
}
export const useRefused = new Signal<UnbegunUse>('use.refused');

/** A chat's key was found and opened, so many milliseconds after the chat was asked for. */
export const keyResolved = new Signal<{ readonly milliseconds: number }>('key.resolved');

/** A provider failed, also where another one or a second attempt took its place. */
export const providerFailed = new Signal<{ readonly provider: string; readonly code: string }>(
  'provider.failed',
);

export const limitNames = [
  'chats per minute',
  'searches per minute',
  'key changes per minute',
  'streams at once',
  'chats at once',
  'exports at once',
  'uploads at once',
  'time of this server',
] as const;
export type LimitName = (typeof limitNames)[number];
/** Something was refused because of a limit. */
export const limitReached = new Signal<{ readonly limit: LimitName }>('limit.reached');

/** A chat or search is over: what a trace shows of it. Told where it ran, once. */
export interface TracedUse extends Omit<EndedUse, 'durationMs'> {
  /** The id of the chat, or of the request, that it is part of: what is told under one id is one trace. */
  readonly traceOf: string;
  readonly model: string | null;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** From its request to its end. */
  readonly totalMs: number;
  /** From its request until its key was open. */
  readonly keyResolutionMs: number;
}
export const useTraced = new Signal<TracedUse>('use.traced');

/** A query or mutation was answered. */
export interface TracedOperation {
  /** The request's id. */
  readonly traceOf: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  readonly durationMs: number;
}
export const operationTraced = new Signal<TracedOperation>('operation.traced');

/** A key was tried with its provider. `verdict`: what came of it, a health, or `NONE` where nothing was proven. */
export const keyVerified = new Signal<{ readonly provider: string; readonly verdict: string }>(
  'key.verified',
);

/** A rule that watches the trail has found something. Told where it was found, once. */
export const anomalyRaised = new Signal<{ readonly rule: string }>('anomaly.raised');

/** Events came faster than the rules can look at them, and were not looked at. */
export const anomalyEventsDropped = new Signal<{ readonly count: number }>('anomaly.dropped');

export const webhookOutcomes = ['DELIVERED', 'FAILED', 'GIVEN_UP'] as const;
/** A webhook was tried. `FAILED`: it is tried again. */
export const webhookTried = new Signal<{ readonly outcome: (typeof webhookOutcomes)[number] }>(
  'webhook.tried',
);
