import { Button, Drawer, Stack, Text, Title } from '@mantine/core';
import { print } from 'graphql';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { useReturnedFocus } from '../parts/returned-focus';
import { useCopy } from '../parts/use-copy';
import { lastOperation, onLastOperation } from '../server/last-operation';
import styles from './request-drawer.module.css';

export default function RequestSources({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('shell');
  const last = useSyncExternalStore(onLastOperation, lastOperation);
  useReturnedFocus();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      title={t('graphQLTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {last === null ? (
        <Text>{t('graphQLNone')}</Text>
      ) : (
        <Stack>
          <Source title={t('operation')} text={print(last.document)} />
          <Source title={t('variables')} text={JSON.stringify(last.variables, null, 2)} />
        </Stack>
      )}
    </Drawer>
  );
}

function Source({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  const t = useTranslations('shell');
  const { isCopied, copy } = useCopy();
  return (
    <section>
      <div className={styles.heading}>
        <Title order={3} size="h5">
          {title}
        </Title>
        <Button size="compact-xs" variant="default" onClick={() => copy(text)}>
          {t(isCopied ? 'copied' : 'copy')}
        </Button>
      </div>
      <pre className={styles.source} tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
