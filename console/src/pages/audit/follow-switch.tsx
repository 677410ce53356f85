import { Switch, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { LiveText } from '../../parts/live-text';
import styles from './audit.module.css';
import { MOST_NEW } from './trail-view';
import type { News } from './use-follow';

interface FollowSwitchProps {
  readonly isFollowing: boolean;
  readonly news: News;
  readonly onChange: (isFollowing: boolean) => void;
}

/** Turns following on and off, and says what it brings. The words have their room before there are any. */
export function FollowSwitch({
  isFollowing,
  news: { count, ids, waitMs },
  onChange,
}: FollowSwitchProps): ReactNode {
  const t = useTranslations('audit');
  const words = (): string => {
    if (!isFollowing) return '';
    if (waitMs !== null) return t('followFailed', { seconds: Math.round(waitMs / 1_000) });
    if (count === 0) return t('following');
    return t(count < MOST_NEW ? 'newEvents' : 'manyNewEvents', { count });
  };
  return (
    <div className={styles.follow}>
      <Switch
        label={t('follow')}
        checked={isFollowing}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <Text size="sm" c="dimmed" role="status">
        <LiveText id={[...ids][0] ?? ''}>{words()}</LiveText>
      </Text>
    </div>
  );
}
