import { Button, Group, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { FailureNotice } from '../../parts/failure-notice';
import { handOnAround } from '../../parts/hand-on';
import type { ChosenFilter } from './audit-filter';
import styles from './audit.module.css';
import { MOST_EXPORTED } from './export-events';
import type { FetchPage } from './fetch-events';
import { useExport } from './use-export';

interface ExportButtonProps {
  readonly fetchPage: FetchPage;
  readonly chosen: ChosenFilter;
}

/** Saves the events that the filter lets through as a file. */
export function ExportButton({ fetchPage, chosen }: ExportButtonProps): ReactNode {
  const t = useTranslations('audit');
  const { state, count, error, start, goOn, stop } = useExport(fetchPage, chosen);
  const isRunning = state === 'running';
  const words = {
    idle: '',
    running: t('exported', { count }),
    saved: count >= MOST_EXPORTED ? t('exportFull', { count }) : t('exportSaved', { count }),
    stopped: t('exportStopped'),
    failed: t('exportFailed', { count }),
  }[state];
  return (
    <div className={styles.export}>
      <Group gap="sm" justify="flex-end">
        <Text size="sm" c="dimmed" role="status">
          {words}
        </Text>
        {isRunning ? (
          <Button key="stop" variant="default" ref={handOnAround} onClick={stop}>
            {t('exportStop')}
          </Button>
        ) : (
          <Button
            key="start"
            variant="default"
            ref={handOnAround}
            leftSection={<Download size={16} aria-hidden />}
            onClick={start}
          >
            {t('export')}
          </Button>
        )}
      </Group>
      {state === 'failed' && <FailureNotice error={error} onRetry={goOn} />}
    </div>
  );
}
