import { CloseButton, Loader } from '@mantine/core';
import { FileText, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useErrorText } from '../../../parts/failure-notice';
import { failureOf } from '../../../server/server-error';
import { useHeld } from '../chat/use-held';
import styles from './composer.module.css';
import type { Draft, DraftFile } from './draft';
import { QUESTION_ID } from './question-id';

interface FileListProps {
  readonly draft: Draft;
  readonly inlineBytes: number;
  readonly isAsked: boolean;
}

/** What goes with the question: pictures as such, files by their names. */
export function FileList({ draft, inlineBytes, isAsked }: FileListProps): ReactNode {
  const t = useTranslations('try');
  const { files } = useHeld(draft);
  if (files.length === 0) return null;
  return (
    <ul className={styles.files} aria-label={t('attached')}>
      {files.map((file) => (
        <FileItem
          key={file.id}
          file={file}
          isFixed={isAsked}
          onRemove={() => {
            document.getElementById(QUESTION_ID)?.focus();
            draft.remove(file);
          }}
          onRetry={() => {
            document.getElementById(QUESTION_ID)?.focus();
            void draft.sendAgain(file, inlineBytes);
          }}
        />
      ))}
    </ul>
  );
}

interface FileItemProps {
  readonly file: DraftFile;
  readonly isFixed: boolean;
  readonly onRemove: () => void;
  readonly onRetry: () => void;
}

function FileItem({ file, isFixed, onRemove, onRetry }: FileItemProps): ReactNode {
  const t = useTranslations('try');
  const format = useFormatter();
  const { name, size } = file.file;
  const { title, advice } = useErrorText(failureOf(file.failure).code);
  const kilobytes = format.number(Math.max(1, Math.round(size / 1024)), { style: 'unit', unit: 'kilobyte' });
  return (
    <li className={styles.file}>
      {file.preview === null ? (
        <FileText size={20} aria-hidden />
      ) : (
        <img src={file.preview} alt={name} className={styles.preview} />
      )}
      <span className={styles.name}>
        {name}
        <small role={file.failure === null ? undefined : 'alert'}>
          {file.failure !== null ? `${title}: ${advice}` : file.media === null ? t('sendingFile') : kilobytes}
        </small>
      </span>
      {file.failure === null && file.media === null && <Loader size={14} aria-hidden />}
      {file.failure !== null && (
        <button
          type="button"
          className={styles.retry}
          aria-label={t('sendFileAgain', { name })}
          onClick={onRetry}
        >
          <RotateCw size={16} aria-hidden />
        </button>
      )}
      <CloseButton aria-label={t('removeFile', { name })} disabled={isFixed} onClick={onRemove} />
    </li>
  );
}
