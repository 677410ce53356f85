import { Button } from '@mantine/core';
import { Braces } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { lateDialog } from '../parts/late-dialog';
import styles from './request-drawer.module.css';

/** Shows what the page asked the server last, to be tried in Apollo Sandbox or sent by a program. */
export function RequestDrawer(): ReactNode {
  const t = useTranslations('shell');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        classNames={{ root: styles.button ?? '' }}
        onClick={() => setOpen(true)}
        aria-label={t('showAsGraphQL')}
      >
        <Braces size={18} aria-hidden />
        <span className={styles.name}>{t('showAsGraphQL')}</span>
      </Button>
      {isOpen && <RequestSources onClose={() => setOpen(false)} />}
    </>
  );
}

const RequestSources = lateDialog(() => import('./request-sources'));
