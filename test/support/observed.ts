import type { Finding, Rule } from '../../src/audit/anomalies/rules/rule.js';
import type {
  KeyRejected,
  KeyUnreadable,
  KeyUsed,
  SeenEvent,
  TokenRefused,
} from '../../src/audit/anomalies/watched-event.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The beginning of an hour and of a day. */
export const START = Date.UTC(2026, 0, 5);

/** What may be said of an event; the rest is of a key that is old, used from a network that is always the same. */
interface Said {
  readonly at: number;
  readonly keyId?: string | null;
  readonly keyAge?: number;
  readonly network?: string | null;
}

function common({ at, keyId = 'key', keyAge = 30 * DAY, network = 'home' }: Said) {
  return {
    ...{ at: new Date(at), userId: 'alice', provider: 'OPENAI', network, networkHash: network, keyId },
    keyStoredAt: keyId === null ? null : new Date(at - keyAge),
  };
}

export const used = ({
  model = 'usual',
  ...said
}: Said & { readonly model?: string | null }): SeenEvent & KeyUsed => ({
  ...{ type: 'KEY_USED', keySource: said.keyId === null ? 'SERVER' : 'USER', model },
  ...common(said),
});

export const rejected = ({ name, ...said }: Said & { readonly name?: string }): SeenEvent & KeyRejected => {
  const event = common(said);
  return { type: 'KEY_REJECTED', ...event, name: name ?? event.keyId ?? 'new' };
};

export const unreadable = ({
  fault = 'DAMAGED',
  ...said
}: Omit<Said, 'keyId'> & { readonly fault?: KeyUnreadable['fault'] }): SeenEvent & KeyUnreadable => ({
  ...{ type: 'KEY_UNREADABLE', fault },
  ...common(said),
  keyId: 'key',
});

export const refused = (at: number, name: string, network = 'home'): SeenEvent & TokenRefused => ({
  ...{ type: 'TOKEN_REFUSED', at: new Date(at), name, network, networkHash: network },
  keyStoredAt: null,
});

/** What a rule finds in events, with how long after {@link START} each was: the state goes through JSON, as in the database. */
export function observe<State>(
  rule: Rule<State>,
  events: readonly SeenEvent[],
): [afterMs: number, explanation: string][] {
  const states = new Map<string, State | null>();
  const findings: [number, string][] = [];
  for (const event of events) {
    const subject = rule.subjectOf(event);
    if (subject === null) continue;
    const { state, finding } = rule.observe(states.get(subject) ?? null, event);
    if (state !== null) states.set(subject, JSON.parse(JSON.stringify(state)) as State);
    if (finding) findings.push([event.at.getTime() - START, (finding satisfies Finding).explanation]);
  }
  return findings;
}

export const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
