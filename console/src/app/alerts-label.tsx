import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useNewAlerts } from '../alerts/alerts-provider';
import styles from './shell.module.css';

/** More are not counted: nobody reads them one by one. */
const MOST = 99;

/** The menu's entry, with how many alerts are new: as a number beside it, and in words in its name. */
export function AlertsLabel(): ReactNode {
  const t = useTranslations('shell');
  const count = useNewAlerts();
  if (count === 0) return <span>{t('alerts')}</span>;
  return (
    <>
      <span aria-hidden>{t('alerts')}</span>
      <VisuallyHidden>
        {count > MOST
          ? t('manyNewAlerts', { name: t('alerts'), count: MOST })
          : t('newAlerts', { name: t('alerts'), count })}
      </VisuallyHidden>
      <span className={styles.badge} aria-hidden>
        {count > MOST ? `${MOST}+` : count}
      </span>
    </>
  );
}
