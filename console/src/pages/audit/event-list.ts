import type { AuditEventsQuery } from '../../generated/audit';

export type EventEdge = AuditEventsQuery['auditEvents']['edges'][number];
export type AuditEvent = EventEdge['node'];

/** Events on the page, newest first. Their ids have the order of their time. */
export interface EventList {
  readonly edges: readonly EventEdge[];
  /** Whether there are older ones. */
  readonly hasOlder: boolean;
}

/** Events that the page holds while it follows; older ones make room, and can be loaded again. */
export const MOST_EVENTS = 2_000;

export const emptyList: EventList = { edges: [], hasOlder: false };

/** The cursor after which older events begin. */
export const endOf = ({ edges }: EventList): string | null => edges.at(-1)?.cursor ?? null;

/** @param older the page after the list's end */
export function withOlder({ edges }: EventList, older: EventList): EventList {
  const known = idsOf(edges);
  return {
    edges: [...edges, ...older.edges.filter(({ node }) => !known.has(node.id))],
    hasOlder: older.hasOlder,
  };
}

/**
 * Adds what has come, in its place: what several servers write becomes visible a little out of order.
 *
 * @param newest the newest events there are
 * @returns the list, and those of `newest` that it did not have
 */
export function withNewest(list: EventList, newest: EventList): { list: EventList; added: EventEdge[] } {
  const known = idsOf(list.edges);
  const last = list.edges.at(-1)?.node.id;
  const isOlder = (id: string): boolean => list.hasOlder && last !== undefined && id < last;
  const added = newest.edges.filter(({ node }) => !known.has(node.id) && !isOlder(node.id));
  if (added.length === 0) return { list, added };
  // Where none is known there are others between them and the list: it begins anew.
  if (meets(list, newest)) {
    const edges = [...added, ...list.edges].sort(byNewest);
    const kept = edges.slice(0, MOST_EVENTS);
    return { list: { edges: kept, hasOlder: list.hasOlder || kept.length < edges.length }, added };
  }
  return { list: newest, added };
}

/** Whether no event lies between what is new and the list. */
export function meets(list: EventList, newest: EventList): boolean {
  if (!newest.hasOlder) return true;
  const known = idsOf(list.edges);
  return newest.edges.some(({ node }) => known.has(node.id));
}

const idsOf = (edges: readonly EventEdge[]): ReadonlySet<string> => new Set(edges.map(({ node }) => node.id));

const byNewest = (a: EventEdge, b: EventEdge): number => (a.node.id < b.node.id ? 1 : -1);
