import { useApolloClient } from '@apollo/client/react';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { FailureNotice } from '../../parts/failure-notice';
import { PageHeader } from '../../parts/page-header';
import { useShownLater } from '../../parts/use-gradually';
import { useNames } from '../../parts/use-names';
import { toQuery } from './audit-filter';
import styles from './audit.module.css';
import { emptyList } from './event-list';
import { EventsTable } from './events-table';
import { ExportButton } from './export-button';
import { fetchingFrom } from './fetch-events';
import { CHAT_FIELD, FilterForm } from './filter-form';
import { FollowSwitch } from './follow-switch';
import { HeldScroll } from './held-scroll';
import { IntegrityBadge } from './integrity-badge';
import { TrailView } from './trail-view';
import { useAuditFilter } from './use-audit-filter';
import { useFollow } from './use-follow';

/** What happened to keys, and with them: filtered, followed and saved. */
export default function AuditPage(): ReactNode {
  const client = useApolloClient();
  const names = useNames();
  const [chosen, change] = useAuditFilter();
  const fetchPage = useMemo(() => fetchingFrom(client, toQuery(chosen)), [client, chosen]);
  const view = useMemo(() => new TrailView(fetchPage), [fetchPage]);
  const { list, isLoading, error } = useSyncExternalStore(view.onChange, view.state);
  const [scroll] = useState(() => new HeldScroll());
  const [isFollowing, setFollowing] = useState(false);
  const isShown = useShownLater(list.edges.length > 0);
  const news = useFollow(view, isFollowing, scroll.hold);

  useLayoutEffect(() => scroll.settle(), [scroll, list]);
  useEffect(() => {
    void view.load();
    return () => view.close();
  }, [view]);

  return (
    <>
      <PageHeader page="audit">
        <IntegrityBadge />
      </PageHeader>
      <FilterForm {...{ chosen, change, names }} />
      <div className={styles.tools}>
        <FollowSwitch {...{ isFollowing, news }} onChange={setFollowing} />
        <ExportButton {...{ fetchPage, chosen }} />
      </div>
      <EventsTable
        body={scroll.attach}
        {...{ names, fresh: news.ids }}
        list={isShown ? list : emptyList}
        isLoading={isLoading || (!isShown && list.edges.length > 0)}
        hasFailed={error !== null}
        onChat={(chat) => {
          // The row with the button goes.
          document.getElementById(CHAT_FIELD)?.focus();
          change({ chat });
        }}
        onOlder={() => void view.loadOlder()}
      />
      {error !== null && (
        <div className={styles.failure}>
          <FailureNotice
            error={error}
            onRetry={() => void (list.edges.length > 0 ? view.loadOlder() : view.load())}
          />
        </div>
      )}
    </>
  );
}
