import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useMoney } from '../../../parts/use-money';
import type { Answer, Ending } from '../chat/answer';
import styles from './answer.module.css';

interface FiguresProps {
  readonly answer: Answer;
  readonly ending: Ending;
}

/** How long an answer took, and what it cost. */
export function Figures({ answer: { usage, firstTokenMs }, ending }: FiguresProps): ReactNode {
  const t = useTranslations('try');
  const format = useFormatter();
  const money = useMoney();
  const seconds = (milliseconds: number): string =>
    t('seconds', { seconds: format.number(milliseconds / 1000, { maximumFractionDigits: 2 }) });
  const figures: [name: string, value: string][] = [];
  const timings = ending.kind === 'completed' ? ending.timings : null;
  // Only of a complete answer the server says how long it took.
  const firstMs = timings ? timings.timeToFirstTokenMs : firstTokenMs;
  if (firstMs !== null) figures.push([t('firstToken'), seconds(firstMs)]);
  if (timings) figures.push([t('total'), seconds(timings.totalMs)]);
  if (usage) {
    const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, cost } = usage;
    figures.push([
      t('tokensIn'),
      t('tokens', { count: inputTokens, part: partOf('cached', cachedInputTokens) }),
    ]);
    figures.push([
      t('tokensOut'),
      t('tokens', { count: outputTokens, part: partOf('thought', reasoningTokens) }),
    ]);
    figures.push([t('cost'), cost ? money(cost) : t('costUnknown')]);
  }
  if (ending.kind === 'completed') {
    const { finishReason } = ending;
    // A newer server may know more of them.
    const known = t.has(`finishReasons.${finishReason}`);
    figures.push([t('finish'), known ? t(`finishReasons.${finishReason}`) : finishReason]);
  }
  if (figures.length === 0) return null;

  function partOf(name: 'cached' | 'thought', count: number | null): string {
    return count === null || count === 0 ? '' : ` (${t(name, { count })})`;
  }
  return (
    <dl className={styles.figures} data-figures>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
