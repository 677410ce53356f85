import { ChevronRight } from 'lucide-react';
import { type ReactNode, useContext, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { MarkdownView } from '../markdown/markdown-view';
import type { StreamedText } from '../markdown/streamed-text';
import { AtEnd } from '../use-stick-to-bottom';
import styles from './answer.module.css';

interface ReasoningViewProps {
  readonly text: StreamedText;
  readonly isOver: boolean;
}

/** What the model thinks: open while it comes, and while a reader has gone up to it, unless a person says otherwise. */
export function ReasoningView({ text, isOver }: ReasoningViewProps): ReactNode {
  const t = useTranslations('try');
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isAtEnd = useContext(AtEnd);
  const [isFolded, setFolded] = useState(isOver);
  if (isOver && !isFolded && isAtEnd) setFolded(true);
  const isOpen = chosen ?? !isFolded;
  const id = useId();
  return (
    <section className={styles.reasoning} data-reasoning>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setChosen(!isOpen)}
      >
        <ChevronRight size={16} aria-hidden data-turned={isOpen} />
        {isOver ? t('reasoning') : t('reasons')}
      </button>
      <div id={id} className={styles.thoughts} hidden={!isOpen}>
        <MarkdownView text={text} />
      </div>
    </section>
  );
}
