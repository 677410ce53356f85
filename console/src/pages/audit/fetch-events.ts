import type { ApolloClient } from '@apollo/client';
import { AuditEventsDocument } from '../../generated/audit';
import { withTimeLimit } from '../../parts/time-limit';
import { unremembered } from '../../server/last-operation';
import type { AuditFilter } from './audit-filter';
import type { EventList } from './event-list';

/** A page that is asked for. */
export interface AskedPage {
  /** The cursor after which it begins; null: the newest. */
  readonly after: string | null;
  readonly first: number;
  /** Whether the person asked for it, and not the page by itself. */
  readonly isWanted: boolean;
  readonly signal?: AbortSignal;
}

export type FetchPage = (asked: AskedPage) => Promise<EventList>;

/** @returns what fetches pages of the events that a filter lets through, or gives up. Nothing of them is kept by the client */
export const fetchingFrom =
  (client: ApolloClient, filter: AuditFilter): FetchPage =>
  async ({ after, first, isWanted, signal }) => {
    const { data } = await client.query({
      query: AuditEventsDocument,
      variables: { first, after, filter },
      fetchPolicy: 'no-cache',
      context: { ...(!isWanted && unremembered), fetchOptions: { signal: withTimeLimit(signal) } },
    });
    const { edges = [], pageInfo } = data?.auditEvents ?? {};
    return { edges, hasOlder: pageInfo?.hasNextPage ?? false };
  };
