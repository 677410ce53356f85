import { Group, Text, VisuallyHidden } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { FailureAlert, RetryButton } from '../../../parts/failure-notice';
import type { Answer, Part } from '../chat/answer';
import { MarkdownView } from '../markdown/markdown-view';
import styles from './answer.module.css';
import { Figures } from './figures';
import { PayerLine } from './payer-line';
import { ReasoningView } from './reasoning-view';
import { SearchesView } from './searches-view';
import { SwitchView } from './switch-view';

interface AnswerViewProps {
  readonly answer: Answer;
  readonly nameOf: (provider: string) => string;
  /** Asks again; left out: the question is not known, or not the last. */
  readonly onRetry?: (() => void) | undefined;
}

/** An answer: who gives it, what comes of it, and what it took. */
export const AnswerView = memo(({ answer, nameOf, onRetry }: AnswerViewProps): ReactNode => {
  const t = useTranslations('try');
  const { payer, parts, ending } = answer;
  return (
    <article className={styles.answer} aria-busy={ending === null}>
      <VisuallyHidden component="h2">{t('answer')}</VisuallyHidden>
      {payer && <PayerLine payer={payer} nameOf={nameOf} />}
      {parts.map((part, at) => (
        <PartView key={at} part={part} nameOf={nameOf} />
      ))}
      {ending === null && parts.length === 0 && (
        <Text c="dimmed" size="sm">
          {t('waiting')}
        </Text>
      )}
      {ending?.kind === 'failed' && <FailureAlert failure={ending.failure} {...(onRetry && { onRetry })} />}
      {ending?.kind === 'cancelled' && <Stopped wasWanted={ending.wasWanted} onRetry={onRetry} />}
      {ending && <Figures answer={answer} ending={ending} />}
    </article>
  );
});
AnswerView.displayName = 'AnswerView';

/** Who did not stop it is told why it has stopped, and may ask again. */
function Stopped({
  wasWanted,
  onRetry,
}: Pick<AnswerViewProps, 'onRetry'> & { wasWanted: boolean }): ReactNode {
  const t = useTranslations('try');
  return (
    <Group gap="xs">
      <Text c="dimmed" size="sm">
        {t(wasWanted ? 'stopped' : 'stoppedUnasked')}
      </Text>
      {!wasWanted && onRetry && <RetryButton onRetry={onRetry} />}
    </Group>
  );
}

interface PartViewProps {
  readonly part: Part;
  readonly nameOf: (provider: string) => string;
}

function PartView({ part, nameOf }: PartViewProps): ReactNode {
  switch (part.kind) {
    case 'text':
      return <MarkdownView text={part.text} />;
    case 'reasoning':
      return <ReasoningView text={part.text} isOver={part.isOver} />;
    case 'searches':
      return <SearchesView part={part} nameOf={nameOf} />;
    case 'switch':
      return <SwitchView part={part} nameOf={nameOf} />;
  }
}
