import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useMoney } from '../../parts/use-money';
import type { Totals as Sums } from './figures';
import styles from './usage.module.css';

/** The sums of all. */
export function Totals({ totals }: { readonly totals: Sums }): ReactNode {
  const t = useTranslations('usage');
  const format = useFormatter();
  const money = useMoney();
  const { cost, unpricedChats, cachedInputTokens, cacheWriteInputTokens } = totals;
  const cached = [
    cachedInputTokens > 0 && t('cached', { count: cachedInputTokens }),
    cacheWriteInputTokens > 0 && t('cacheWritten', { count: cacheWriteInputTokens }),
  ].filter((words) => words !== false);
  return (
    <Paper withBorder radius="md" className={styles.totals} component="dl" aria-label={t('totals')}>
      <Total
        name={t('columns.inputTokens')}
        value={format.number(totals.inputTokens)}
        more={cached.join(' · ')}
      />
      <Total name={t('columns.outputTokens')} value={format.number(totals.outputTokens)} />
      <Total
        name={t('columns.cost')}
        value={cost ? money(cost) : '–'}
        more={unpricedChats > 0 ? t('unpriced', { count: unpricedChats }) : ''}
      />
      <Total name={t('columns.chats')} value={format.number(totals.chats)} />
      <Total name={t('columns.searches')} value={format.number(totals.searches)} />
      <Total name={t('columns.failures')} value={format.number(totals.failures)} />
    </Paper>
  );
}

interface TotalProps {
  readonly name: string;
  readonly value: string;
  readonly more?: string;
}

function Total({ name, value, more = '' }: TotalProps): ReactNode {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <dd className={styles.total}>
        {value}
        {more !== '' && (
          <Text component="span" size="xs" c="dimmed" display="block">
            {more}
          </Text>
        )}
      </dd>
    </div>
  );
}
