import { Loader, Table, Text } from '@mantine/core';
import type { ReactNode, RefCallback } from 'react';
import { useTranslations } from 'use-intl';
import { BusyButton } from '../../parts/busy-button';
import { RegionCaption, TableRegion } from '../../parts/table-region';
import type { Names } from '../../parts/use-names';
import styles from './audit.module.css';
import type { EventList } from './event-list';
import { EventRow } from './event-row';

interface EventsTableProps {
  readonly body: RefCallback<HTMLElement>;
  readonly list: EventList;
  readonly isLoading: boolean;
  /** Whether it could not be asked: then it is not known that there are none. */
  readonly hasFailed: boolean;
  readonly names: Names;
  /** Those that have just come. */
  readonly fresh: ReadonlySet<string>;
  readonly onChat: (chatId: string) => void;
  readonly onOlder: () => void;
}

const columns = ['time', 'event', 'provider', 'model', 'key', 'outcome'] as const;

/** Events, newest first. */
export function EventsTable({
  body,
  list,
  isLoading,
  hasFailed,
  names,
  fresh,
  onChat,
  onOlder,
}: EventsTableProps): ReactNode {
  const t = useTranslations('audit');
  const isEmpty = list.edges.length === 0;
  return (
    <div className={styles.events} aria-busy={isLoading}>
      {!isEmpty && (
        <TableRegion name={t('events')}>
          <Table className={styles.table} verticalSpacing="xs" captionSide="bottom">
            <RegionCaption>{t('caption')}</RegionCaption>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column} scope="col">
                    {t(`columns.${column}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody ref={body}>
              {list.edges.map(({ node }) => (
                <EventRow key={node.id} event={node} isFresh={fresh.has(node.id)} {...{ names, onChat }} />
              ))}
            </Table.Tbody>
          </Table>
        </TableRegion>
      )}
      {isLoading && isEmpty && (
        <div className={styles.waiting} role="status">
          <Loader aria-label={t('loading')} />
        </div>
      )}
      {!isLoading && !hasFailed && isEmpty && (
        <Text className={styles.nothing} c="dimmed" role="status">
          {t('nothing')}
        </Text>
      )}
      {list.hasOlder && (
        <BusyButton variant="default" className={styles.older ?? ''} isBusy={isLoading} onClick={onOlder}>
          {t('older')}
        </BusyButton>
      )}
    </div>
  );
}
