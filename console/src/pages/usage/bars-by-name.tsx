import { type ReactNode, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { ChartFrame } from './chart-frame';
import { type Line, type Measure, measured } from './figures';
import { useSeries } from './use-series';

/** The largest: what is beyond is in the table. */
const MOST_BARS = 8;
const BAR_HEIGHT = 34;
const FRAME_HEIGHT = 64;
const LONGEST_NAME = 18;

interface BarsByNameProps {
  readonly lines: readonly Line[];
  readonly measure: Measure;
  readonly part: 'provider' | 'model' | 'key';
}

export function BarsByName({ lines, measure, part }: BarsByNameProps): ReactNode {
  const t = useTranslations('usage');
  const { toData, ...series } = useSeries(measure);
  const largest = useMemo(
    () =>
      lines
        .filter(({ totals }) => measured(totals, measure) > 0)
        .sort((a, b) => measured(b.totals, measure) - measured(a.totals, measure))
        .slice(0, MOST_BARS),
    [lines, measure],
  );
  const height = FRAME_HEIGHT + BAR_HEIGHT * largest.length;
  return (
    <ChartFrame
      name={t('chartOf', { measure: t(`measures.${measure}`), part: t(`parts.${part}`) })}
      nothing={largest.length === 0 ? t(`noBars.${measure}`) : null}
      height={height}
      {...series}
      // Bars of one name would be one: who pays tells them apart.
      data={largest.map((line, index) => toData(line, `${index}`))}
      dataKey="label"
      orientation="vertical"
      type="stacked"
      tickLine="none"
      gridAxis="y"
      accessibilityLayer={false}
      maxBarWidth={20}
      yAxisProps={{
        width: 140,
        tickFormatter: (index: string) => shorten(largest[Number(index)]?.label ?? ''),
      }}
      tooltipProps={{ labelFormatter: (index: ReactNode) => nameOf(largest[Number(index)]) }}
    />
  );
}

const nameOf = (line: Line | undefined): string => line?.names.join(', ') ?? '';

const shorten = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
