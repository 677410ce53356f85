import { useApolloClient } from '@apollo/client/react';
import { VisuallyHidden } from '@mantine/core';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { LiveText } from '../parts/live-text';
import { useSocket } from '../server/use-socket';
import { AlertFeed, type FeedState } from './alert-feed';
import { isNew } from './alert-list';
import { alertSource } from './alert-source';
import { useRuleText } from './use-rule-text';

const FeedContext = createContext<AlertFeed | null>(null);

/** Follows the person's alerts on every page, and says when there is a new one. */
export function AlertsProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const client = useApolloClient();
  const socket = useSocket();
  const [feed] = useState(() => new AlertFeed(alertSource(client, socket)));
  useEffect(() => {
    feed.open();
    const onVisibility = (): void => {
      if (!document.hidden) void feed.catchUp();
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      feed.close();
    };
  }, [feed]);
  return (
    <FeedContext value={feed}>
      {children}
      <Announcement />
    </FeedContext>
  );
}

export function useAlertFeed(): AlertFeed {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error('useAlertFeed needs an AlertsProvider around it.');
  return feed;
}

export function useAlerts(): FeedState {
  const feed = useAlertFeed();
  return useSyncExternalStore(feed.onChange, feed.state);
}

/** How many alerts were not acknowledged, of those that are loaded. */
export const useNewAlerts = (): number => useAlerts().list.alerts.filter(isNew).length;

function Announcement(): ReactNode {
  const t = useTranslations('alerts');
  const ruleText = useRuleText();
  const [newest, ...others] = useAlerts().news;
  return (
    <VisuallyHidden role="status">
      {newest && (
        <LiveText id={newest.id}>
          {t('announced', { name: ruleText(newest.rule).name, others: others.length })}
        </LiveText>
      )}
    </VisuallyHidden>
  );
}
