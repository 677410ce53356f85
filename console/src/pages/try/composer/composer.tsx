import { Text, Textarea } from '@mantine/core';
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { settings } from '../../../app/settings';
import { useHeld } from '../chat/use-held';
import { Action } from './action';
import { AttachButton } from './attach-button';
import styles from './composer.module.css';
import { type Draft, isSendable } from './draft';
import { FileList } from './file-list';
import { QUESTION_ID } from './question-id';

export interface ComposerProps {
  readonly draft: Draft;
  /** How much of a request the conversation takes already. */
  readonly inlineBytes: number;
  readonly isAnswering: boolean;
  readonly isStopping: boolean;
  /** Whether what was written is on its way: it is not to be changed meanwhile. */
  readonly isAsked: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

/** Where a question is written. Enter sends it. */
export function Composer(props: ComposerProps): ReactNode {
  const { draft, inlineBytes, isAnswering, isAsked, onSend } = props;
  const t = useTranslations('try');
  const state = useHeld(draft);
  const { text, problem } = state;
  const canSend = isSendable(state) && !isAnswering;
  const question = useRef<HTMLTextAreaElement>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    // While a word is being composed, Enter ends it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) onSend();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    void draft.add(pasted, inlineBytes);
  };
  return (
    <div className={styles.composer}>
      <FileList draft={draft} inlineBytes={inlineBytes} isAsked={isAsked} />
      {problem && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t(problem.reason, { name: problem.name })}
        </Text>
      )}
      <Textarea
        ref={question}
        id={QUESTION_ID}
        aria-label={t('question')}
        placeholder={t('placeholder')}
        variant="unstyled"
        classNames={{ input: styles.text ?? '' }}
        rows={2}
        value={text}
        readOnly={isAsked}
        onChange={(event) => draft.write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <div className={styles.bar}>
        <AttachButton onAdd={(added) => void draft.add(added, inlineBytes)} isDisabled={isAsked} />
        <Hint />
        <Action {...props} canSend={canSend} question={question} />
      </div>
    </div>
  );
}

function Hint(): ReactNode {
  const t = useTranslations('try');
  const format = useFormatter();
  const kibibytes = settings.maxAttachmentBytes / 1024;
  const [amount, unit] = kibibytes < 1024 ? [kibibytes, 'kilobyte'] : [kibibytes / 1024, 'megabyte'];
  const size = format.number(amount, { style: 'unit', unit, maximumFractionDigits: 1 });
  return (
    <Text size="xs" c="dimmed" className={styles.hint ?? ''}>
      {t('hint', { size })}
    </Text>
  );
}
