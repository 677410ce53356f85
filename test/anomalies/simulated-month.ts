import { allRules } from '../../src/audit/anomalies/rules/all-rules.js';
import type { Rule } from '../../src/audit/anomalies/rules/rule.js';
import { type SeenEvent, userOf } from '../../src/audit/anomalies/watched-event.js';
import { Random } from '../chaos/random.js';
import { noiseOfTokens, plantAtNetworks, plantAtUsers, type PlantedCase } from './planted-cases.js';
import { isInMonth, list, SimulatedUser } from './simulated-user.js';

interface Alarm {
  readonly rule: string;
  readonly about: string;
  readonly at: number;
}

/** What came of a month. */
export interface Figures {
  readonly users: number;
  readonly events: number;
  /** By rule. */
  readonly planted: Readonly<Record<string, number>>;
  readonly missed: readonly PlantedCase[];
  readonly falseAlarms: Readonly<Record<string, number>>;
  /** How many users had so many false alerts. */
  readonly usersByFalseAlerts: Readonly<Record<number, number>>;
}

/** Has all rules look at events in the order of their times, as the server does. */
function alarmsOf(rules: readonly Rule[], events: readonly SeenEvent[]): Alarm[] {
  const states = new Map<string, unknown>();
  const alarms: Alarm[] = [];
  for (const event of [...events].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    for (const rule of rules) {
      const subject = rule.subjectOf(event);
      if (subject === null) continue;
      const key = `${rule.name} ${rule.isOfUser ? userOf(event) : ''} ${subject}`;
      const { state, finding } = rule.observe(states.get(key) ?? null, event);
      if (state !== null) states.set(key, state);
      const about = rule.isOfUser ? userOf(event) : subject;
      if (finding) alarms.push({ rule: rule.name, about, at: event.at.getTime() });
    }
  }
  return alarms;
}

const isFoundBy = ({ rule, about, from, until }: PlantedCase, alarm: Alarm): boolean =>
  alarm.rule === rule && alarm.about === about && alarm.at >= from && alarm.at <= until;

/** A planted case may well be seen by other rules, too: that is no false alarm. */
const isExplainedBy = ({ about, from, until }: PlantedCase, alarm: Alarm): boolean =>
  alarm.about === about && alarm.at >= from && alarm.at <= until;

/** Users who live for seven weeks, of which the last month counts, and attacks on some of them: all of it follows from the seed. */
export function simulateMonth(seed: string, count = 1_000): Figures {
  const random = new Random(seed);
  const users = list(count, (index) => new SimulatedUser(`user-${index}`, random));
  const cases = [...plantAtUsers(users, random), ...plantAtNetworks(random)];
  const ofUsers = allRules.filter(({ isOfUser }) => isOfUser);
  const ofNetworks = allRules.filter(({ isOfUser }) => !isOfUser);
  // What is of a user does not depend on others; what is of a network, on all.
  const alarms = users.flatMap((user) =>
    alarmsOf(ofUsers, [
      ...user.events,
      ...cases.filter(({ about }) => about === user.id).flatMap(({ events }) => events),
    ]),
  );
  const ofAll = [
    ...users.flatMap(({ events }) => events.filter(({ type }) => type === 'KEY_REJECTED')),
    ...cases.flatMap(({ events }) => events),
    ...noiseOfTokens(random),
  ];
  alarms.push(...alarmsOf(ofNetworks, ofAll));
  const wrong = alarms.filter(
    (alarm) => isInMonth(alarm.at) && !cases.some((planted) => isExplainedBy(planted, alarm)),
  );
  const perUser = users.map(({ id }) => wrong.filter(({ about }) => about === id).length);
  return {
    users: count,
    events: users.reduce((sum, { events }) => sum + events.length, 0),
    planted: countBy(cases, ({ rule }) => rule),
    missed: cases.filter((planted) => !alarms.some((alarm) => isFoundBy(planted, alarm))),
    falseAlarms: countBy(wrong, ({ rule }) => rule),
    usersByFalseAlerts: countBy(perUser, (number) => String(number)),
  };
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
}
