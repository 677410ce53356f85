import { ActionIcon, Button, Loader, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { ArrowDown, MessagesSquare } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { FailureNotice, useErrorText } from '../../parts/failure-notice';
import { handOnAround, useHandOn } from '../../parts/hand-on';
import { UNREACHABLE } from '../../server/server-error';
import { AnswerView } from './answer/answer-view';
import { QuestionView } from './answer/question-view';
import type { Ending } from './chat/answer';
import type { Wait } from './chat/chat-events';
import type { ConversationState } from './chat/conversation-state';
import type { Turn } from './chat/question';
import styles from './try.module.css';
import { AtEnd, useStickToBottom } from './use-stick-to-bottom';

/** The page is where it is to be: at the end. */
const IN_PLACE: FocusOptions = { preventScroll: true };

interface ConversationViewProps {
  readonly state: ConversationState;
  readonly nameOf: (provider: string) => string;
  readonly onRetry: () => void;
  readonly onRepeat: (turn: Turn) => void;
}

/** The questions and answers so far, and what is to be known of the one that comes. */
export function ConversationView({ state, nameOf, onRetry, onRepeat }: ConversationViewProps): ReactNode {
  const t = useTranslations('try');
  const { turns, asked, isAnswering, wait, failure } = state;
  const { scroller, content, isAtEnd, toEnd } = useStickToBottom();
  const handOn = useHandOn(scroller, IN_PLACE);
  useEffect(() => {
    // Of nothing there is no end to go to, and to ask for it would have the page laid out at once.
    if (turns.length > 0 || asked !== null) toEnd();
  }, [toEnd, turns.length, asked]);
  const isEmpty = turns.length === 0 && asked === null && failure === null;
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        tabIndex={0}
        role="region"
        aria-label={t('conversation')}
      >
        <div ref={content} className={styles.turns}>
          {isEmpty && !isAnswering && <Empty />}
          <AtEnd value={isAtEnd}>
            {turns.map((turn, at) => (
              <div key={turn.id} className={styles.turn}>
                <QuestionView question={turn.question} />
                <AnswerView
                  answer={turn.answer}
                  nameOf={nameOf}
                  onRetry={
                    at === turns.length - 1 && turn.question && !isAnswering
                      ? () => onRepeat(turn)
                      : undefined
                  }
                />
              </div>
            ))}
          </AtEnd>
          {asked && wait === null && (
            <Text c="dimmed" size="sm" role="status">
              <Loader size={14} aria-hidden className={styles.spinner ?? ''} /> {t('asking')}
            </Text>
          )}
          {wait && <WaitNotice wait={wait} />}
          {failure && <FailureNotice error={failure.error} onRetry={onRetry} />}
        </div>
      </div>
      {!isAtEnd && (
        <Tooltip label={t('toEnd')}>
          <ActionIcon
            ref={handOn}
            className={styles.toEnd ?? ''}
            variant="default"
            radius="xl"
            size="lg"
            aria-label={t('toEnd')}
            onClick={toEnd}
          >
            <ArrowDown size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      <Announcement state={state} />
    </div>
  );
}

function Empty(): ReactNode {
  const t = useTranslations('try');
  return (
    <div className={styles.empty}>
      <MessagesSquare size={32} strokeWidth={1.5} aria-hidden />
      <Text fw={600}>{t('emptyTitle')}</Text>
      <Text c="dimmed" size="sm">
        {t('emptyText')}
      </Text>
    </div>
  );
}

/** The chat cannot be had now: why, and when it is tried again. */
function WaitNotice({ wait: { failure, until, now } }: { readonly wait: Wait }): ReactNode {
  const t = useTranslations('try');
  const format = useFormatter();
  const { title } = useErrorText(failure.code);
  const time = until && format.dateTime(until, { timeStyle: 'medium' });
  const isLost = failure.code === UNREACHABLE;
  return (
    <div className={styles.wait} role="status" data-waiting>
      <Loader size={16} aria-hidden />
      <Text size="sm">
        {time === null ? t('trying') : isLost ? t('lost', { time }) : t('waits', { reason: title, time })}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        ref={handOnAround}
        aria-disabled={time === null}
        onClick={now}
      >
        {t('tryNow')}
      </Button>
    </div>
  );
}

/** For those who hear the page: the beginning and the end of an answer, and nothing in between. */
function Announcement({ state: { turns, isAnswering } }: { readonly state: ConversationState }): ReactNode {
  const t = useTranslations('try');
  const { ending } = turns.at(-1)?.answer ?? {};
  const saidOf = (how: Ending): string => {
    if (how.kind === 'cancelled') return t(how.wasWanted ? 'stopped' : 'stoppedUnasked');
    return how.kind === 'completed' ? t('complete') : '';
  };
  return (
    <VisuallyHidden role="status" data-announcement>
      {isAnswering ? ending === null && t('answering') : ending && saidOf(ending)}
    </VisuallyHidden>
  );
}
