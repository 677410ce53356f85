import { NativeSelect, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { MOST_DAYS, type Range, type RangeMistake, type RangeName, ranges } from './range';
import styles from './usage.module.css';
import type { UsageView } from './use-usage-view';

interface RangeFormProps {
  readonly view: UsageView;
  readonly range: Range | RangeMistake;
  /** Of the figures that are there. */
  readonly shown: Range | RangeMistake;
}

/** Of which time figures are shown, and in what steps. */
export function RangeForm({ view: { chosen, show }, range, shown }: RangeFormProps): ReactNode {
  const t = useTranslations('usage');
  const buckets = typeof range === 'object' ? range.buckets : (['DAY'] as const);
  return (
    <form className={styles.form} onSubmit={(event) => event.preventDefault()} aria-label={t('which')}>
      <NativeSelect
        label={t('range')}
        value={chosen.name}
        data={(Object.keys(ranges) as RangeName[]).map((name) => ({
          value: name,
          label: t(`ranges.${name}`),
        }))}
        onChange={(event) => show({ range: event.currentTarget.value })}
      />
      {chosen.name === 'custom' && (
        <>
          <TextInput
            type="date"
            label={t('firstDay')}
            value={chosen.firstDay}
            onChange={(event) => show({ first: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('lastDay')}
            value={chosen.lastDay}
            onChange={(event) => show({ last: event.currentTarget.value })}
          />
        </>
      )}
      <NativeSelect
        label={t('bucket')}
        value={typeof range === 'object' ? range.bucket : 'DAY'}
        data={buckets.map((bucket) => ({ value: bucket, label: t(`buckets.${bucket}`) }))}
        onChange={(event) => show({ bucket: event.currentTarget.value })}
      />
      <ShownRange range={shown} />
    </form>
  );
}

function ShownRange({ range }: { readonly range: Range | RangeMistake }): ReactNode {
  const t = useTranslations('usage');
  const format = useFormatter();
  return (
    <Text size="sm" c="dimmed" role="status" className={styles.shown}>
      {typeof range === 'string'
        ? t(`mistakes.${range}`, { most: MOST_DAYS })
        : t('shown', {
            range: format.dateTimeRange(range.from, new Date(range.to.getTime() - 1), {
              dateStyle: 'medium',
              timeZone: 'UTC',
            }),
          })}
    </Text>
  );
}
