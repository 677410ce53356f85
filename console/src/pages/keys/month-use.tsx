import { Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useMoney } from '../../parts/use-money';
import type { Key } from './places';
import styles from './key-card.module.css';

interface MonthUseProps {
  readonly apiKey: Key;
  /** What the key is for, in a sentence. */
  readonly name: string;
}

/** How much of its month a limited key has used. */
export function MonthUse({ apiKey, name }: MonthUseProps): ReactNode {
  const t = useTranslations('keys');
  const format = useFormatter();
  const money = useMoney();
  const { monthlyLimit: limit, usedThisMonth: used } = apiKey;
  if (!limit || !used) return null;
  const number = (count: number): string => format.number(count);
  return (
    <Stack gap="xs">
      {limit.requests !== null && (
        <Measure
          label={t('monthOf', { measure: t('requests'), provider: name })}
          text={t('monthRequests', { used: number(used.requests), limit: number(limit.requests) })}
          share={used.requests / limit.requests}
        />
      )}
      {limit.tokens !== null && (
        <Measure
          label={t('monthOf', { measure: t('tokens'), provider: name })}
          text={t('monthTokens', { used: number(used.tokens), limit: number(limit.tokens) })}
          share={used.tokens / limit.tokens}
        />
      )}
      {limit.cost !== null && (
        <Measure
          label={t('monthOf', { measure: t('cost'), provider: name })}
          text={t('monthCost', { used: money(used.cost), limit: money(limit.cost) })}
          share={Number(used.cost.amount) / Number(limit.cost.amount)}
        />
      )}
      <Text size="xs" c="dimmed">
        {t('resets', { date: new Date(used.resetsAt) })}
      </Text>
    </Stack>
  );
}

const NEARLY_ALL = 0.9;

interface MeasureProps {
  readonly label: string;
  readonly text: string;
  /** 1: all of it. */
  readonly share: number;
}

function Measure({ label, text, share }: MeasureProps): ReactNode {
  const percent = Math.min(1, share) * 100;
  return (
    <div>
      <Text size="sm" className={styles.measure}>
        {text}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section
          withAria={false}
          role="progressbar"
          value={percent}
          color={share >= NEARLY_ALL ? 'red' : 'blue'}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
          aria-valuetext={text}
        />
      </Progress.Root>
    </div>
  );
}
