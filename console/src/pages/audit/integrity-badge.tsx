import { useQuery } from '@apollo/client/react';
import { Button, Text, Title } from '@mantine/core';
import { RotateCw, ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { AuditIntegrityDocument } from '../../generated/audit';
import { handOnAround } from '../../parts/hand-on';
import { PanelButton } from '../../parts/panel-button';
import { unremembered } from '../../server/last-operation';
import { failureOf } from '../../server/server-error';
import styles from './audit.module.css';

const icons = { right: ShieldCheck, wrong: ShieldAlert, unknown: ShieldQuestion };

/** Whether the trail can be believed, and what that means: by pointer, touch and keyboard. */
export function IntegrityBadge(): ReactNode {
  const t = useTranslations('audit');
  const format = useFormatter();
  const id = useId();
  const { data, error, refetch } = useQuery(AuditIntegrityDocument, { context: unremembered });
  // A token that may not see the trail is not asked again: the page says so.
  if (!data && error && failureOf(error).code !== 'FORBIDDEN')
    return (
      <Button
        variant="default"
        className={styles.integrity}
        ref={handOnAround}
        leftSection={<RotateCw size={18} aria-hidden />}
        onClick={() => void refetch().catch(() => undefined)}
      >
        {t('integrityAgain')}
      </Button>
    );
  if (!data) return <div className={styles.integrity} />;
  const { ok, checkedAt } = data.auditIntegrity;
  const state = ok === null ? 'unknown' : ok ? 'right' : 'wrong';
  const Icon = icons[state];
  return (
    <PanelButton
      variant="default"
      className={styles.integrity}
      leftSection={<Icon size={18} aria-hidden className={styles[state]} />}
      data-integrity={state}
      popover={{ position: 'bottom-end', withArrow: true, width: 300 }}
      panel={{ 'aria-labelledby': id }}
      content={() => (
        <>
          <Title order={2} size="h5" id={id} tabIndex={-1} data-autofocus className={styles.focused}>
            {t('integrityTitle')}
          </Title>
          <Text size="sm" mt="xs">
            {t(`integrity.${state}.meaning`)}
          </Text>
          <Text size="sm" c="dimmed" mt="xs">
            {checkedAt === null
              ? t('neverChecked')
              : t('checkedAt', {
                  time: format.dateTime(new Date(checkedAt), { dateStyle: 'medium', timeStyle: 'short' }),
                })}
          </Text>
        </>
      )}
    >
      {t(`integrity.${state}.name`)}
    </PanelButton>
  );
}
