import { Button, Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { en } from '../../language/en';
import { useErrorText } from '../../parts/failure-notice';
import { ServerWords } from '../../parts/server-words';
import type { Names } from '../../parts/use-names';
import styles from './audit.module.css';
import type { AuditEvent } from './event-list';

interface EventDetailsProps {
  readonly event: AuditEvent;
  readonly names: Names;
  readonly onChat: (chatId: string) => void;
}

type Field = keyof typeof en.audit.fields;

/** All that an event says. */
export function EventDetails({ event, names, onChat }: EventDetailsProps): ReactNode {
  const t = useTranslations('audit');
  const { chatId, keyId, keySource, provider, outcome } = event;
  const number = useNumber();
  const fields: readonly (readonly [Field, ReactNode])[] = [
    ['detail', event.detail && <ServerWords key="">{event.detail}</ServerWords>],
    ['outcome', <Outcome key="" outcome={outcome} />],
    ['at', <Code key="">{event.at}</Code>],
    ['kind', <Code key="">{event.kind}</Code>],
    ['provider', provider && names.provider(provider)],
    ['model', event.model],
    ['keySource', keySource && t(keySource === 'USER' ? 'yourKey' : 'serverKey')],
    ['inputTokens', number(event.inputTokens)],
    ['cachedInputTokens', number(event.cachedInputTokens)],
    ['cacheWriteInputTokens', number(event.cacheWriteInputTokens)],
    ['outputTokens', number(event.outputTokens)],
    ['timeToFirstTokenMs', number(event.timeToFirstTokenMs, 'ms')],
    ['durationMs', number(event.durationMs, 'ms')],
    ['id', <Code key="">{event.id}</Code>],
    ['keyId', keyId && <Code>{keyId}</Code>],
    ['chatId', chatId && <ChatId key="" chatId={chatId} onChat={onChat} />],
    ['accessTokenId', event.accessTokenId && <Code>{event.accessTokenId}</Code>],
  ];
  return (
    <dl className={styles.fields} aria-label={t('details')}>
      {fields.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {t(`fields.${name}`)}
          </Text>
          <dd>{value === null || value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ChatId({
  chatId,
  onChat,
}: Pick<EventDetailsProps, 'onChat'> & { readonly chatId: string }): ReactNode {
  const t = useTranslations('audit');
  return (
    <>
      <Code>{chatId}</Code>{' '}
      <Button size="compact-xs" variant="default" onClick={() => onChat(chatId)}>
        {t('onlyThisChat')}
      </Button>
    </>
  );
}

function Outcome({ outcome }: { readonly outcome: string }): ReactNode {
  const t = useTranslations('audit');
  const { title } = useErrorText(outcome);
  if (outcome === 'OK') return t('ok');
  if (outcome === 'CANCELLED') return t('cancelled');
  return (
    <>
      <Code>{outcome}</Code> {title}
    </>
  );
}

function useNumber(): (value: number | null, unit?: 'ms') => string | null {
  const format = useFormatter();
  return (value, unit) => {
    if (value === null) return null;
    const words = format.number(value, { maximumFractionDigits: 1 });
    return unit ? `${words} ${unit}` : words;
  };
}
