import { useQuery } from '@apollo/client/react';
import { Alert, Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { AccessTokensDocument } from '../../generated/settings';
import { Announcer } from '../../parts/announce';
import { PageHeader } from '../../parts/page-header';
import { failureOf } from '../../server/server-error';
import { leave } from '../../session/open-id';
import { AccessTokens } from './access-tokens';
import { DeleteData } from './delete-data';
import { ExportData } from './export-data';
import { RequestSettings } from './request-settings';
import styles from './settings-page.module.css';

export default function SettingsPage(): ReactNode {
  return (
    <Announcer>
      <Stack gap="xl" className={styles.page}>
        <PageHeader page="settings" />
        <TokenNotice />
        <RequestSettings />
        <AccessTokens />
        <ExportData />
        <DeleteData />
      </Stack>
    </Announcer>
  );
}

/** Access tokens may do little here: what to do about it is said before anything is tried. */
function TokenNotice(): ReactNode {
  const t = useTranslations('settings');
  const { error } = useQuery(AccessTokensDocument);
  if (!error || failureOf(error).code !== 'FORBIDDEN') return null;
  return (
    <Alert color="yellow" variant="default" title={t('byToken')} role="status">
      <Stack align="start" gap="sm">
        <Text size="sm">{t('byTokenText')}</Text>
        <Button size="xs" variant="default" onClick={() => void leave()}>
          {t('signOut')}
        </Button>
      </Stack>
    </Alert>
  );
}
