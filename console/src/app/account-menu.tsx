import { useQuery } from '@apollo/client/react';
import { Anchor, Button, NativeSelect, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { CircleUserRound } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ViewerIdDocument } from '../generated/session';
import { type Language, languages } from '../language/languages';
import { useLanguage } from '../language/language-provider';
import { PanelButton } from '../parts/panel-button';
import { unremembered } from '../server/last-operation';
import { online, waitBefore } from '../server/online';
import { leave } from '../session/open-id';
import styles from './account-menu.module.css';

const schemes = ['auto', 'light', 'dark'] as const;

/** Whose account it is, always in sight; and what a person may set of the page itself. */
export function AccountMenu(): ReactNode {
  const t = useTranslations('shell');
  const user = useUser();
  const name = user === null ? t('unknownUser') : t('signedInAs', { user });
  return (
    <PanelButton
      variant="default"
      leftSection={<CircleUserRound size={18} aria-hidden />}
      classNames={{ root: styles.button ?? '', label: styles.name ?? '' }}
      popover={{ position: 'bottom-end' }}
      aria-label={name}
      panel={{ 'aria-label': t('account') }}
      content={() => (
        <Stack gap="sm" className={styles.panel}>
          <Text size="sm" fw={600} className={styles.user}>
            {name}
          </Text>
          <Appearance />
          <LanguageChoice />
          <Button variant="default" onClick={() => void leave()}>
            {t('signOut')}
          </Button>
          <Anchor href="/console/licences.txt" target="_blank" size="sm">
            {t('licences')}
          </Anchor>
        </Stack>
      )}
    >
      <span className={styles.sentence}>{name}</span>
      {user !== null && <span className={styles.id}>{user}</span>}
    </PanelButton>
  );
}

/** The id of the person, which is asked for until it is known. */
function useUser(): string | null {
  const { data, error, refetch } = useQuery(ViewerIdDocument, {
    fetchPolicy: 'cache-first',
    context: unremembered,
  });
  const attempts = useRef(0);
  useEffect(() => {
    if (!error) return;
    const stopped = new AbortController();
    void online(waitBefore(attempts.current++), stopped.signal).then(() => {
      // Where it fails again, there is another error.
      if (!stopped.signal.aborted) refetch().catch(() => undefined);
    });
    return () => stopped.abort();
  }, [error, refetch]);
  return data?.viewerId ?? null;
}

function Appearance(): ReactNode {
  const t = useTranslations('shell');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      label={t('appearance')}
      value={colorScheme}
      onChange={({ currentTarget }) => setColorScheme(currentTarget.value as (typeof schemes)[number])}
      data={schemes.map((scheme) => ({ value: scheme, label: t(scheme) }))}
    />
  );
}

function LanguageChoice(): ReactNode {
  const t = useTranslations('shell');
  const { language, lost, choose } = useLanguage();
  return (
    <NativeSelect
      label={t('language')}
      value={language}
      onChange={({ currentTarget }) => choose(currentTarget.value as Language)}
      error={lost && t('languageLost', { language: languages[lost].name })}
      errorProps={{ role: 'alert' }}
      data={Object.entries(languages).map(([value, { name }]) => ({ value, label: name }))}
    />
  );
}
