import { Code, Group, Loader, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { BusyButton } from '../../parts/busy-button';
import { Dialog } from '../../parts/dialog';
import { FailureNotice } from '../../parts/failure-notice';
import { Moment } from '../../parts/moment';
import styles from './history-dialog.module.css';
import { useKeysPage } from './keys-context';
import { type Key, providerOf } from './places';
import { KeyStatusBadge } from './status-badge';
import { useKeyHistory } from './use-key-history';

/** Every key that was ever stored, newest first, a page at a time. */
export function HistoryDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('keys');
  const { keys, hasMore, isLoading, failure, loadMore } = useKeyHistory();
  const isEmpty = keys.length === 0 && !hasMore;
  return (
    <Dialog title={t('historyTitle')} onClose={onClose} size="xl" returnTo={['key-history']}>
      {keys.length > 0 && <HistoryTable keys={keys} />}
      {isEmpty && <Text>{t('historyEmpty')}</Text>}
      {failure !== null && <FailureNotice error={failure} onRetry={loadMore} />}
      <Group justify="space-between" mt="md" mih="2rem">
        <Text size="sm" c="dimmed" role="status">
          {isLoading ? (
            <Loader size="xs" aria-label={t('loading')} />
          ) : (
            t('shownCount', { count: keys.length })
          )}
        </Text>
        {keys.length > 0 && hasMore && (
          <BusyButton variant="default" size="sm" isBusy={isLoading} onClick={loadMore}>
            {t('older')}
          </BusyButton>
        )}
      </Group>
    </Dialog>
  );
}

function HistoryTable({ keys }: { readonly keys: readonly Key[] }): ReactNode {
  const t = useTranslations('keys');
  const { places } = useKeysPage();
  return (
    <div className={styles.scroll} role="region" aria-label={t('historyTitle')} tabIndex={0}>
      <Table verticalSpacing="xs">
        <Table.Caption className={styles.caption}>{t('historyTitle')}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {(['provider', 'key', 'statusTitle', 'stored', 'lastUsed'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(column)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map(({ id, provider, endpoint, maskedKey, name, status, createdAt, lastUsedAt }) => (
            <Table.Tr key={id}>
              <Table.Td>{endpoint?.name ?? providerOf(provider, places)?.displayName ?? provider}</Table.Td>
              <Table.Td>
                <Code>{maskedKey}</Code> {name}
              </Table.Td>
              <Table.Td>
                <KeyStatusBadge status={status} />
              </Table.Td>
              <Table.Td>
                <Moment at={createdAt} isDate />
              </Table.Td>
              <Table.Td>{lastUsedAt === null ? t('never') : <Moment at={lastUsedAt} isDate />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
