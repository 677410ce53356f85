import { skipToken, useQuery } from '@apollo/client/react';
import { ActionIcon, Loader, Tooltip } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { UsageDocument } from '../../generated/usage';
import { FailureNotice } from '../../parts/failure-notice';
import { PageHeader } from '../../parts/page-header';
import { useShownLater } from '../../parts/use-gradually';
import { isUsed } from './figures';
import { NothingUsed } from './nothing-used';
import { type Range, type RangeMistake, toRange } from './range';
import { RangeForm } from './range-form';
import { Report } from './report';
import { Totals } from './totals';
import styles from './usage.module.css';
import type { Usage } from './use-lines';
import { type UsageView, useUsageView } from './use-usage-view';

/** What was used: over time, by provider, by model and by key. */
export default function UsagePage(): ReactNode {
  const t = useTranslations('usage');
  const view = useUsageView();
  const [now, setNow] = useState(() => new Date());
  const range = toRange(view.chosen, now);
  const asked = useUsage(range);
  const answer = useAnswer(asked.data?.usage, range);
  const isBusy = asked.loading && answer !== null;
  const refresh = (): void => {
    setNow(new Date());
    void asked.refetch().catch(() => undefined);
  };
  return (
    <>
      <PageHeader page="usage">
        <Tooltip label={t('refresh')}>
          <ActionIcon variant="default" size="lg" aria-label={t('refresh')} onClick={refresh}>
            <RefreshCw size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </PageHeader>
      <RangeForm
        view={view}
        range={range}
        shown={isBusy && typeof range === 'object' ? answer.range : range}
      />
      {typeof range === 'object' && <Figures {...{ view, answer, asked }} />}
    </>
  );
}

/** The server sums up what it has at the moment: nothing of it is kept. */
const useUsage = (range: Range | RangeMistake) =>
  useQuery(
    UsageDocument,
    typeof range === 'string'
      ? skipToken
      : {
          variables: { from: range.from.toISOString(), to: range.to.toISOString(), bucket: range.bucket },
          fetchPolicy: 'no-cache',
          notifyOnNetworkStatusChange: true,
        },
  );

interface Answer {
  readonly usage: Usage;
  /** What it is of: until the next answer is there, this one stands under its own range. */
  readonly range: Range;
}

/** @returns the last answer that there was */
function useAnswer(usage: Usage | undefined, range: Range | RangeMistake): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  if (usage === undefined || usage === answer?.usage || typeof range === 'string') return answer;
  const next = { usage, range };
  setAnswer(next);
  return next;
}

interface FiguresProps {
  readonly view: UsageView;
  readonly answer: Answer | null;
  readonly asked: ReturnType<typeof useUsage>;
}

function Figures({ view, answer, asked }: FiguresProps): ReactNode {
  const t = useTranslations('shell');
  const { error, loading } = asked;
  const isShown = useShownLater(answer !== null);
  if (error && !loading)
    return <FailureNotice error={error} onRetry={() => void asked.refetch().catch(() => undefined)} />;
  if (!answer || !isShown)
    return (
      <div className={styles.waiting} role="status">
        <Loader aria-label={t('loading')} />
      </div>
    );
  const { measure, show } = view;
  const { usage, range } = answer;
  return (
    <div aria-busy={loading} className={loading ? styles.busy : ''}>
      <Totals totals={usage.totals} />
      {isUsed(usage.totals) ? (
        <Report {...{ usage, range, measure }} onMeasure={(chosen) => show({ measure: chosen })} />
      ) : (
        <NothingUsed />
      )}
    </div>
  );
}
