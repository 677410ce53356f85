import { Anchor, Table, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { memo, type ReactNode, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Link } from 'wouter';
import { keyLink } from '../../parts/key-link';
import type { Names } from '../../parts/use-names';
import styles from './audit.module.css';
import { EventDetails } from './event-details';
import type { AuditEvent } from './event-list';
import { OutcomeBadge } from './outcome-badge';
import { useKindName } from './use-kind-name';

interface EventRowProps {
  readonly event: AuditEvent;
  readonly isFresh: boolean;
  readonly names: Names;
  readonly onChat: (chatId: string) => void;
}

/** An event in a line, and all of it where it is opened. */
export const EventRow = memo(function EventRow({ event, isFresh, names, onChat }: EventRowProps): ReactNode {
  const t = useTranslations('audit');
  const format = useFormatter();
  const nameOf = useKindName();
  const [isOpen, setOpen] = useState(false);
  const { id, at, kind, provider, model, keyId, keySource, outcome } = event;
  const time = format.dateTime(new Date(at), { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <>
      <Table.Tr data-event={id} className={isFresh ? styles.fresh : ''}>
        <Table.Td>
          <UnstyledButton
            className={styles.open}
            aria-expanded={isOpen}
            aria-label={t('detailsOf', { event: nameOf(kind), time })}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight size={16} aria-hidden className={isOpen ? styles.turned : ''} />
            <time dateTime={at}>{time}</time>
          </UnstyledButton>
        </Table.Td>
        <Table.Th scope="row" className={styles.kind}>
          {nameOf(kind)}
        </Table.Th>
        <Table.Td>{names.provider(provider)}</Table.Td>
        <Table.Td className={styles.model}>{model}</Table.Td>
        <Table.Td>
          {keyId !== null ? (
            <Anchor component={Link} href={keyLink(provider, keyId)} size="sm">
              {names.key(keyId)}
            </Anchor>
          ) : (
            keySource === 'SERVER' && t('serverKey')
          )}
        </Table.Td>
        <Table.Td>
          <OutcomeBadge outcome={outcome} />
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={6} className={styles.details}>
            <EventDetails {...{ event, names, onChat }} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
});
