import '@mantine/core/styles/FloatingIndicator.css';
import '@mantine/core/styles/SegmentedControl.css';
import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useGradually } from '../../parts/use-gradually';
import { BarsByName } from './bars-by-name';
import { BarsOverTime } from './bars-over-time';
import { Breakdown } from './breakdown';
import { type Measure, measures } from './figures';
import { daysOf, type Range } from './range';
import styles from './usage.module.css';
import { type Usage, useLines } from './use-lines';

const newestFirst = { by: 0, isDescending: true } as const;

interface ReportProps {
  readonly usage: Usage;
  readonly range: Range;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
}

/** The figures by all that they are counted by: each as a chart and as a table. */
export function Report({ usage, range, measure, onMeasure }: ReportProps): ReactNode {
  const t = useTranslations('usage');
  const { time, provider, model, key } = useLines(usage, range.bucket);
  const days = daysOf(range);
  const used = useMemo(() => time.filter(({ totals }) => totals.chats + totals.searches > 0), [time]);
  const parts = useGradually(4);
  return (
    <>
      <SegmentedControl
        className={styles.measure}
        aria-label={t('measure')}
        value={measure}
        data={measures.map((name) => ({ value: name, label: t(`measures.${name}`) }))}
        onChange={onMeasure}
      />
      <Breakdown
        {...{ part: 'time', days, measure, lines: used }}
        headings={[t(`buckets.${range.bucket}`)]}
        codes={['start']}
        firstSort={newestFirst}
        chart={<BarsOverTime lines={time} measure={measure} />}
      />
      {(
        [
          ['provider', provider, ['provider', 'keySource']],
          ['model', model, ['model', 'provider', 'keySource']],
          ['key', key, ['keyId', 'provider', 'keySource']],
        ] as const
      )
        .slice(0, parts - 1)
        .map(([part, lines, codes]) => (
          <Breakdown
            key={part}
            {...{ part, days, measure, lines, codes }}
            headings={codes.map((code) => t(`names.${code}`))}
            firstSort={null}
            chart={<BarsByName lines={lines} measure={measure} part={part} />}
          />
        ))}
    </>
  );
}
