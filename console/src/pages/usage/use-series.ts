import { useFormatter, useTranslations } from 'use-intl';
import { useMoney } from '../../parts/use-money';
import { type Column, type Line, type Measure, seriesOf, valueOf } from './figures';

/**
 * At least three times as light or dark as what is behind them, in both sets of colours (WCAG 2.2, 1.4.11). No two that are
 * so differ as much from each other: bars that touch have a line of the ground between them.
 */
const colours: Partial<Record<Column, string>> = {
  ...{ inputTokens: 'blue.8', outputTokens: 'teal.7', cost: 'violet.5' },
  ...{ chats: 'blue.8', searches: 'teal.7', failures: 'red.6' },
};

/** What charts of a measure have in common. */
export function useSeries(measure: Measure) {
  const t = useTranslations('usage');
  const format = useFormatter();
  const money = useMoney();
  const parts = seriesOf[measure];
  return {
    series: parts.map((column) => ({
      name: column,
      label: t(`columns.${column}`),
      color: colours[column] ?? 'gray.6',
    })),
    barProps: {
      ...{ isAnimationActive: false },
      ...{ stroke: 'var(--mantine-color-body)', strokeOpacity: 1, strokeWidth: 1 },
    },
    withLegend: parts.length > 1,
    toData: (line: Line, label: string) => ({
      label,
      ...Object.fromEntries(parts.map((column) => [column, valueOf(line.totals, column)])),
    }),
    valueFormatter: (value: number): string =>
      measure === 'cost'
        ? money({ amount: String(value), currency: 'USD' })
        : format.number(value, { notation: 'compact', maximumFractionDigits: 1 }),
  };
}
