import { Code } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { Payer } from '../chat/answer';
import styles from './answer.module.css';

interface PayerLineProps {
  readonly payer: Payer;
  readonly nameOf: (provider: string) => string;
}

/** Who answers, and whose key pays. */
export function PayerLine({ payer, nameOf }: PayerLineProps): ReactNode {
  const t = useTranslations('try');
  return (
    <p className={styles.payer} data-payer>
      <strong>{nameOf(payer.provider)}</strong>
      <span>{payer.model}</span>
      <span>
        {payer.keySource === 'USER' ? t('yourKey') : t('serverKey')}
        {payer.maskedKey !== null && <Code className={styles.key ?? ''}>{payer.maskedKey}</Code>}
      </span>
    </p>
  );
}
