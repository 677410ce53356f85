import { Text, VisuallyHidden } from '@mantine/core';
import { Ban, Check, CircleDashed, Lock, type LucideIcon, Minus, Power } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { CandidateOutcome } from '../../generated/keys';
import styles from './resolution-steps.module.css';
import type { Candidate } from './use-resolution';
import { useReason } from './use-words';

interface Look {
  readonly Icon: LucideIcon;
  readonly className: string | undefined;
}

const looks: Readonly<Record<CandidateOutcome, Look>> = {
  CHOSEN: { Icon: Check, className: styles.chosen },
  NO_KEY: { Icon: CircleDashed, className: styles.none },
  DISABLED: { Icon: Power, className: styles.none },
  EXPIRED: { Icon: Ban, className: styles.failing },
  UNREADABLE: { Icon: Ban, className: styles.failing },
  NOT_PERMITTED: { Icon: Ban, className: styles.failing },
  SERVER_NOT_ALLOWED: { Icon: Lock, className: styles.none },
  NOT_NEEDED: { Icon: Minus, className: styles.none },
};

interface ResolutionStepsProps {
  readonly candidates: readonly Candidate[];
  /** What the list is called. */
  readonly label: string;
  /** What a candidate is called, as a step and in a sentence. */
  readonly nameOf: (candidate: Candidate) => { readonly step: string; readonly provider: string };
  /** Chips: the picture alone. The reasons are for those who listen, then. */
  readonly variant: 'rows' | 'chips';
}

/** The candidates in the order in which they are tried, with the one that is used, and what each comes to. */
export function ResolutionSteps({ candidates, label, nameOf, variant }: ResolutionStepsProps): ReactNode {
  return (
    <ol className={styles[variant]} aria-label={label} role="list">
      {candidates.map((candidate) => (
        <Step
          key={`${candidate.provider} ${candidate.source}`}
          candidate={candidate}
          {...nameOf(candidate)}
          isChip={variant === 'chips'}
        />
      ))}
    </ol>
  );
}

interface StepProps {
  readonly candidate: Candidate;
  readonly step: string;
  readonly provider: string;
  readonly isChip: boolean;
}

function Step({ candidate, step, provider, isChip }: StepProps): ReactNode {
  const t = useTranslations('keys');
  const reasonOf = useReason();
  const { outcome, chosen } = candidate;
  const { Icon, className } = Object.hasOwn(looks, outcome) ? looks[outcome] : looks.NOT_NEEDED;
  const { text, lang } = reasonOf(candidate, provider);
  // Sixteen times the same word hides the one that matters: the icon says it.
  const isQuiet = outcome === 'NO_KEY' || outcome === 'NOT_NEEDED';
  return (
    <li
      className={`${styles.step ?? ''} ${className ?? ''}`}
      aria-current={chosen ? 'true' : undefined}
      data-outcome={outcome}
    >
      <span className={styles.marker} aria-hidden>
        <Icon size={isChip ? 12 : 14} strokeWidth={2.5} />
      </span>
      <span className={styles.name}>{step}</span>{' '}
      <span className={isChip && isQuiet ? styles.heard : styles.outcome}>
        {t.has(`outcomes.${outcome}`) ? t(`outcomes.${outcome}`) : outcome}
      </span>{' '}
      {isChip ? (
        <VisuallyHidden lang={lang}>{text}</VisuallyHidden>
      ) : (
        <Text component="span" size="xs" c="dimmed" className={styles.reason} lang={lang}>
          {text}
        </Text>
      )}
    </li>
  );
}
