import type { Incident } from './incident.js';

/** What happened in a round, in numbers. */
export interface Counts {
  /** Subscriptions to resumeChat, and to chat. */
  resumes: number;
  requests: number;
  /** Connections that clients dropped, and that they lost. */
  drops: number;
  losses: number;
  /** Subscriptions that were refused for the moment. */
  refusals: number;
  events: number;
  /** Events that covered several numbers. */
  merged: number;
  readonly incidents: Partial<Record<Incident, number>>;
  /** Chats by their end: a terminal event's name, or an error code. */
  readonly ends: Record<string, number>;
  /** Uses of keys for chats that died with their server before any other knew of them. */
  orphans: number;
}

export const noCounts = (): Counts => ({
  resumes: 0,
  requests: 0,
  drops: 0,
  losses: 0,
  refusals: 0,
  events: 0,
  merged: 0,
  incidents: {},
  ends: {},
  orphans: 0,
});
