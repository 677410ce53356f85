import { Button, Code, Group, List, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Moment } from '../../parts/moment';
import type { Key } from './places';
import { KeyBadges } from './status-badge';

interface ReplacedKeyProps {
  readonly apiKey: Key;
  readonly onGoOn: () => void;
  readonly onClose: () => void;
}

/** What another key will take the place of, what is lost with it, and what stays. */
export function ReplacedKey({ apiKey, onGoOn, onClose }: ReplacedKeyProps): ReactNode {
  const t = useTranslations('keys');
  const parts = useTranslations('parts');
  const { maskedKey, name, createdAt, expiresAt, allowedModels, allowedUses, monthlyLimit } = apiKey;
  const isLimited = allowedModels !== null || allowedUses !== null || monthlyLimit !== null;
  return (
    <Stack>
      <Text>{t('replaces')}</Text>
      <Stack gap="xs">
        <Group gap="xs">
          <Code fz="sm">{maskedKey}</Code>
          {name !== null && <Text fw={500}>{name}</Text>}
        </Group>
        <Group gap="xs">
          <KeyBadges apiKey={apiKey} />
        </Group>
        <Text size="sm" c="dimmed">
          {t('stored')}: <Moment at={createdAt} />
        </Text>
      </Stack>
      <Points title={t('loses')}>
        <List.Item>{t('losesKey')}</List.Item>
        <List.Item>{t('losesHealth')}</List.Item>
        {expiresAt !== null && <List.Item>{t('losesExpiry', { date: new Date(expiresAt) })}</List.Item>}
      </Points>
      <Points title={t('keeps')}>
        {name !== null && <List.Item>{t('keepsName')}</List.Item>}
        <List.Item>{t(isLimited ? 'keepsLimits' : 'keepsNoLimits')}</List.Item>
        <List.Item>{t('keepsTrail')}</List.Item>
      </Points>
      <Text size="sm">{t('revokeOld')}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {parts('cancel')}
        </Button>
        <Button onClick={onGoOn} data-autofocus>
          {t('goOn')}
        </Button>
      </Group>
    </Stack>
  );
}

function Points({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section>
      <Title order={3} size="h6">
        {title}
      </Title>
      <List size="sm">{children}</List>
    </section>
  );
}
