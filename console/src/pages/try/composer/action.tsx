import { Button, Loader } from '@mantine/core';
import { ArrowUp, Square } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useHandOn } from '../../../parts/hand-on';
import type { ComposerProps } from './composer';
import styles from './composer.module.css';

interface ActionProps extends Pick<ComposerProps, 'isAnswering' | 'isStopping' | 'onSend' | 'onStop'> {
  readonly canSend: boolean;
  readonly question: RefObject<HTMLTextAreaElement | null>;
}

/** A second click within this time was meant for the button that was there before. */
const SAME_CLICK_MS = 500;

/** Sends a question, or stops its answer: two buttons in one place, never one that turns into the other under a click. */
export function Action(props: ActionProps): ReactNode {
  const { isAnswering, isStopping, canSend, onSend, onStop, question } = props;
  const t = useTranslations('try');
  const stoppedAt = useRef(-SAME_CLICK_MS);
  const handOn = useHandOn(question);
  if (isAnswering)
    return (
      <Button
        key="stop"
        ref={handOn}
        variant="default"
        className={styles.action ?? ''}
        onClick={({ timeStamp }) => {
          stoppedAt.current = timeStamp;
          onStop();
        }}
        aria-disabled={isStopping}
        leftSection={isStopping ? <Loader size={14} /> : <Square size={14} fill="currentColor" aria-hidden />}
        aria-keyshortcuts="Escape"
      >
        {t('stop')}
      </Button>
    );
  return (
    <Button
      key="send"
      ref={handOn}
      className={styles.action ?? ''}
      disabled={!canSend}
      onClick={({ timeStamp }) => {
        if (timeStamp - stoppedAt.current >= SAME_CLICK_MS) onSend();
      }}
      leftSection={<ArrowUp size={16} aria-hidden />}
    >
      {t('send')}
    </Button>
  );
}
