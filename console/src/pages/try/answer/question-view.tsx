import { VisuallyHidden } from '@mantine/core';
import { FileText } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { Question } from '../chat/question';
import styles from './answer.module.css';

/** What was asked; null: it was before the page was loaded again, and is not kept. */
export const QuestionView = memo(({ question }: { readonly question: Question | null }): ReactNode => {
  const t = useTranslations('try');
  if (question === null) return <p className={styles.unknown}>{t('questionNotKept')}</p>;
  return (
    <section className={styles.question}>
      <VisuallyHidden component="h2">{t('question')}</VisuallyHidden>
      {question.attached.length > 0 && (
        <ul className={styles.attached}>
          {question.attached.map(({ id, name, preview }) => (
            <li key={id}>
              {preview === null ? (
                <>
                  <FileText size={16} aria-hidden /> {name}
                </>
              ) : (
                <img src={preview} alt={name} />
              )}
            </li>
          ))}
        </ul>
      )}
      {question.text !== '' && <p>{question.text}</p>}
    </section>
  );
});
QuestionView.displayName = 'QuestionView';
