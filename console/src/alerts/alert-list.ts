import type { AlertPartsFragment } from '../generated/alerts';

export type KeyAlert = AlertPartsFragment;

/** Alerts, newest first: their ids have the order of their time. */
export interface AlertList {
  readonly alerts: readonly KeyAlert[];
  /** The cursor after which older ones begin; null: there are none. */
  readonly older: string | null;
}

export const noAlerts: AlertList = { alerts: [], older: null };

export const isNew = ({ acknowledgedAt }: KeyAlert): boolean => acknowledgedAt === null;

/** Alerts that are held while more come: beyond that the list begins anew, and older ones can be loaded again. */
const MOST_ALERTS = 1_000;

/** Adds alerts, or what has become of those that are there: each stands there once. What was acknowledged stays so. */
export function withAlerts(list: AlertList, alerts: readonly KeyAlert[]): AlertList {
  const byId = new Map(list.alerts.map((alert) => [alert.id, alert]));
  for (const alert of alerts) {
    const before = byId.get(alert.id);
    if (!before || isNew(before)) byId.set(alert.id, alert);
  }
  return { ...list, alerts: [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1)) };
}

/** The next page of the history. */
export const withOlder = (list: AlertList, page: AlertList): AlertList => ({
  ...withAlerts(list, page.alerts),
  older: page.older,
});

/** What is newest, after a time in which alerts may have been missed. Where it does not meet the list, that begins anew. */
export function withNewest(list: AlertList, newest: AlertList): AlertList {
  const known = new Set(list.alerts.map(({ id }) => id));
  const meets = newest.older === null || newest.alerts.some(({ id }) => known.has(id));
  const after = meets ? withAlerts(list, newest.alerts) : newest;
  return after.alerts.length > MOST_ALERTS ? newest : after;
}

/** Those of one list that another one has not. */
export function added(before: AlertList, after: AlertList): readonly KeyAlert[] {
  const known = new Set(before.alerts.map(({ id }) => id));
  return after.alerts.filter(({ id }) => !known.has(id));
}
