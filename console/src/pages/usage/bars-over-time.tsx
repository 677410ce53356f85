import { type ReactNode, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { ChartFrame } from './chart-frame';
import { type Line, type Measure, measured } from './figures';
import { useSeries } from './use-series';

const HEIGHT = 240;

interface BarsOverTimeProps {
  /** Of every hour or day, in their order. */
  readonly lines: readonly Line[];
  readonly measure: Measure;
}

export function BarsOverTime({ lines, measure }: BarsOverTimeProps): ReactNode {
  const t = useTranslations('usage');
  const { toData, ...series } = useSeries(measure);
  const isEmpty = useMemo(
    () => lines.every(({ totals }) => measured(totals, measure) === 0),
    [lines, measure],
  );
  return (
    <ChartFrame
      name={t('chartOf', { measure: t(`measures.${measure}`), part: t('parts.time') })}
      nothing={isEmpty ? t(`noBars.${measure}`) : null}
      height={HEIGHT}
      {...series}
      data={lines.map((line) => toData(line, line.names[0] ?? ''))}
      dataKey="label"
      type="stacked"
      tickLine="none"
      gridAxis="x"
      accessibilityLayer={false}
      maxBarWidth={36}
      xAxisProps={{ minTickGap: 24 }}
    />
  );
}
