import type { Finding, Rule } from './rules/rule.js';
import { NO_USER, type SeenEvent, userOf } from './watched-event.js';

/** What one rule has to look at of one subject: events in their order. */
export interface RuleCase {
  readonly rule: Rule;
  /** {@link NO_USER} where the state is of all users. */
  readonly userId: string;
  readonly subject: string;
  readonly events: readonly SeenEvent[];
}

/** A finding, with the event that it was made at. */
export interface CaseFinding extends Finding {
  readonly rule: Rule;
  readonly event: SeenEvent;
}

/** What became of a case. */
export interface CaseResult {
  /** Null: as it was. */
  readonly state: unknown;
  readonly findings: readonly CaseFinding[];
}

/** Sorts events by the rules that look at them, and by what these keep their states of. */
export function casesOf(rules: readonly Rule[], events: readonly SeenEvent[]): RuleCase[] {
  const cases = new Map<string, RuleCase & { readonly events: SeenEvent[] }>();
  for (const event of events) {
    for (const rule of rules) {
      const subject = rule.subjectOf(event);
      if (subject === null) continue;
      const userId = rule.isOfUser ? userOf(event) : NO_USER;
      const key = JSON.stringify([rule.name, userId, subject]);
      const known = cases.get(key);
      if (known) known.events.push(event);
      else cases.set(key, { rule, userId, subject, events: [event] });
    }
  }
  return [...cases.values()];
}

/** Lets the rule look at all of a case's events. @param before null where it has no state yet */
export function decide({ rule, events }: RuleCase, before: unknown): CaseResult {
  let state: unknown = null;
  const findings: CaseFinding[] = [];
  for (const event of events) {
    const { state: next, finding } = rule.observe(state ?? before, event);
    state = next ?? state;
    if (finding) findings.push({ ...finding, rule, event });
  }
  return { state, findings };
}
