import { Anchor, Badge, Button, Paper, Text, Title } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Link } from 'wouter';
import { isNew, type KeyAlert } from '../../alerts/alert-list';
import { useRuleText } from '../../alerts/use-rule-text';
import { ServerWords } from '../../parts/server-words';
import { useHandOn } from '../../parts/hand-on';
import { keyLink } from '../../parts/key-link';
import type { Names } from '../../parts/use-names';
import styles from './alerts.module.css';

interface AlertCardProps {
  readonly alert: KeyAlert;
  readonly names: Names;
  readonly isBusy: boolean;
  readonly onAcknowledge: () => void;
}

/** An alert: what was seen, what it means and what to do. */
export function AlertCard({ alert, names, isBusy, onAcknowledge }: AlertCardProps): ReactNode {
  const t = useTranslations('alerts');
  const format = useFormatter();
  const { name, meaning, advice } = useRuleText()(alert.rule);
  const heading = useRef<HTMLHeadingElement>(null);
  const handOn = useHandOn(heading);
  const { id, at, provider, keyId, explanation, acknowledgedAt } = alert;
  const shown = (moment: string): string =>
    format.dateTime(new Date(moment), { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <Paper
      component="article"
      withBorder
      radius="md"
      className={styles.card}
      aria-labelledby={`alert-${id}`}
      data-rule={alert.rule}
    >
      <div className={styles.heading}>
        <Title order={2} size="h3" id={`alert-${id}`} ref={heading} tabIndex={-1} className={styles.title}>
          {name}
        </Title>
        {isNew(alert) && (
          <Badge variant="light" radius="sm" tt="none">
            {t('new')}
          </Badge>
        )}
        <Text size="sm" c="dimmed" component="time" dateTime={at} className={styles.time}>
          {shown(at)}
        </Text>
      </div>
      {meaning !== '' && <Text>{meaning}</Text>}
      <Text>
        <ServerWords>{explanation}</ServerWords>
      </Text>
      <Text size="sm" c="dimmed">
        {advice}
      </Text>
      <div className={styles.actions}>
        <div className={styles.links}>
          {keyId !== null && (
            <Anchor component={Link} size="sm" href={keyLink(provider, keyId)}>
              {t('toKey', { key: names.key(keyId), provider: names.provider(provider) })}
            </Anchor>
          )}
          <Anchor component={Link} size="sm" href={trailOf(alert)}>
            {t('toTrail')}
          </Anchor>
        </div>
        {acknowledgedAt === null ? (
          <Button
            size="xs"
            variant="default"
            ref={handOn}
            // One that is disabled would lose the focus.
            aria-disabled={isBusy}
            onClick={() => !isBusy && onAcknowledge()}
            aria-label={t('acknowledgeOne', { name, time: shown(at) })}
          >
            {t('acknowledge')}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {t('acknowledgedAt', { time: shown(acknowledgedAt) })}
          </Text>
        )}
      </div>
    </Paper>
  );
}

/** What happened with the key, or else what was unusual. */
const trailOf = ({ keyId }: KeyAlert): string =>
  keyId === null ? '/audit?kinds=ANOMALY' : `/audit?key=${encodeURIComponent(keyId)}`;
