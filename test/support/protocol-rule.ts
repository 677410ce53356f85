import type { Peer } from './protocol-peers.js';
import { type Heard, Talk } from './protocol-talk.js';

/** One rule of graphql-transport-ws: what a client does, and all that it hears then. */
export interface Rule {
  readonly rule: string;
  /** The sub-protocols that the client offers; graphql-transport-ws where nothing is said. */
  readonly protocols?: string | string[] | undefined;
  /** Whether the connection has been acknowledged before. */
  readonly entered?: boolean;
  readonly play: (talk: Talk) => unknown;
  readonly hears: readonly unknown[];
  /** Where this project's server differs on purpose: what is heard of it, and why. */
  readonly ours?: { readonly hears: readonly unknown[]; readonly because: string };
}

export async function play(rule: Rule, peer: Peer): Promise<readonly Heard[]> {
  const { protocols = 'graphql-transport-ws' } = rule;
  const offered = 'protocols' in rule ? rule.protocols : protocols;
  const talk = rule.entered ? await Talk.enter(peer) : await Talk.open(peer, offered);
  try {
    await rule.play(talk);
    return await talk.all();
  } finally {
    talk.close('terminate');
  }
}

export const ACKNOWLEDGED = { type: 'connection_ack' };
export const PONG = { type: 'pong' };
export const next = (id: string, seq: number) => ({ id, type: 'next', payload: { data: { chat: { seq } } } });
export const complete = (id: string) => ({ id, type: 'complete' });
/** The errors that end an operation, whatever their words. */
export const failed = (id: string): unknown => ({
  id,
  type: 'error',
  payload: [expect.objectContaining({ message: expect.any(String) })],
});
/** A Close frame, with the words that the protocol gives, where it gives any. */
export const closed = (code: number, reason: unknown = expect.any(String)) => ({ closed: code, reason });
