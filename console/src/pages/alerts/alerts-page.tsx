import { useApolloClient } from '@apollo/client/react';
import { Loader, Text } from '@mantine/core';
import { BellOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isNew, type KeyAlert } from '../../alerts/alert-list';
import { rememberAlerts } from '../../alerts/alert-source';
import { useAlertFeed, useAlerts } from '../../alerts/alerts-provider';
import { AcknowledgeAlertDocument } from '../../generated/alerts';
import { BusyButton } from '../../parts/busy-button';
import { FailureNotice } from '../../parts/failure-notice';
import { NothingYet } from '../../parts/nothing-yet';
import { PageHeader } from '../../parts/page-header';
import { useNames } from '../../parts/use-names';
import { AlertCard } from './alert-card';
import styles from './alerts.module.css';
import { RulesList } from './rules-list';

/** What was unusual about the person's keys, as it comes; and of what they want to hear. */
export default function AlertsPage(): ReactNode {
  const t = useTranslations('alerts');
  const shell = useTranslations('shell');
  const names = useNames();
  const feed = useAlertFeed();
  const { list, isLoading, error } = useAlerts();
  const { acknowledge, isBusy, said, failure } = useAcknowledge();
  const fresh = list.alerts.filter(isNew);
  useEffect(rememberAlerts, []);
  return (
    <>
      <PageHeader page="alerts">
        {fresh.length > 1 && (
          <BusyButton variant="default" isBusy={isBusy} onClick={() => acknowledge(fresh)}>
            {t('acknowledgeAll', { count: fresh.length })}
          </BusyButton>
        )}
      </PageHeader>
      <Text size="sm" c="dimmed" role="status" className={styles.said}>
        {said}
      </Text>
      {failure !== null && <FailureNotice error={failure} />}
      {error !== null && (
        <FailureNotice error={error} onRetry={() => void (list.older ? feed.loadOlder() : feed.load())} />
      )}
      {list.alerts.length > 0 && (
        <ul className={styles.list} aria-label={shell('alerts')}>
          {list.alerts.map((alert) => (
            <li key={alert.id}>
              <AlertCard {...{ alert, names, isBusy }} onAcknowledge={() => acknowledge([alert])} />
            </li>
          ))}
        </ul>
      )}
      {isLoading && list.alerts.length === 0 && (
        <div className={styles.waiting} role="status">
          <Loader aria-label={shell('loading')} />
        </div>
      )}
      {!isLoading && error === null && list.alerts.length === 0 && (
        <NothingYet Icon={BellOff} title={t('nothing')}>
          {t('nothingAdvice')}
        </NothingYet>
      )}
      {list.older !== null && (
        <BusyButton variant="default" isBusy={isLoading} onClick={() => void feed.loadOlder()}>
          {t('older')}
        </BusyButton>
      )}
      <RulesList />
    </>
  );
}

function useAcknowledge() {
  const t = useTranslations('alerts');
  const client = useApolloClient();
  const feed = useAlertFeed();
  const [state, setState] = useState({ isBusy: false, said: '', failure: null as unknown });
  const acknowledge = async (alerts: readonly KeyAlert[]): Promise<void> => {
    setState({ isBusy: true, said: '', failure: null });
    let count = 0;
    try {
      for (const { id } of alerts) {
        const { data } = await client.mutate({
          mutation: AcknowledgeAlertDocument,
          variables: { id },
          fetchPolicy: 'no-cache',
        });
        if (data) feed.update(data.acknowledgeKeyAlert.keyAlert);
        count += 1;
      }
      setState({ isBusy: false, said: t('acknowledged', { count }), failure: null });
    } catch (failure) {
      setState({ isBusy: false, said: count > 0 ? t('acknowledged', { count }) : '', failure });
    }
  };
  return { ...state, acknowledge: (alerts: readonly KeyAlert[]) => void acknowledge(alerts) };
}
