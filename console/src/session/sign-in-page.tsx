import { Alert, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { settings } from '../app/settings';
import { useTitle } from '../app/use-title';
import { ViewerIdDocument } from '../generated/session';
import { askServer } from '../server/ask-server';
import { isUnauthenticated } from '../server/server-error';
import { BusyButton } from '../parts/busy-button';
import { FailureNotice } from '../parts/failure-notice';
import { OpenIdSignIn } from './open-id-sign-in';
import { readPasted } from './pasted-token';
import { signInWith, whyNobody } from './session';
import styles from './sign-in-page.module.css';

/** Signing in: at the identity provider where there is one, else with a token. */
export default function SignInPage(): ReactNode {
  const t = useTranslations('signIn');
  const absence = whyNobody();
  useTitle(t('title'));
  return (
    <main className={styles.page}>
      <Paper withBorder p="xl" radius="md" className={styles.card}>
        <Stack>
          <Title order={1} size="h2">
            Keystream
          </Title>
          {absence === 'ended' && <Alert color="yellow">{t('ended')}</Alert>}
          {absence === 'deleted' && (
            <Alert color="blue" role="status">
              {t('deleted')}
            </Alert>
          )}
          {absence === 'failed' && (
            <Alert color="red" role="alert">
              {t('failed')}
            </Alert>
          )}
          {settings.signInProblem && <Alert color="yellow">{t('problem')}</Alert>}
          {settings.signIn && <OpenIdSignIn signIn={settings.signIn} />}
          <TokenForm />
        </Stack>
      </Paper>
    </main>
  );
}

function TokenForm(): ReactNode {
  const t = useTranslations('signIn');
  const [token, setToken] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    setAsking(true);
    setFailure(null);
    try {
      const pasted = readPasted(token);
      const { viewerId } = await askServer(ViewerIdDocument, {}, pasted);
      signInWith(pasted, { owner: viewerId });
    } catch (error) {
      setFailure(error);
      setAsking(false);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        {settings.signIn && <Text c="dimmed">{t('orToken')}</Text>}
        <PasswordInput
          label={t('token')}
          description={settings.production ? t('tokenHint') : t('tokenHintDevelopment')}
          autoComplete="off"
          spellCheck={false}
          value={token}
          error={isUnauthenticated(failure) ? t('refused') : undefined}
          onChange={(event) => setToken(event.currentTarget.value)}
          required
          visibilityToggleFocusable
          visibilityToggleButtonProps={{ 'aria-label': t('showToken') }}
        />
        {failure !== null && !isUnauthenticated(failure) && <FailureNotice error={failure} />}
        <BusyButton type="submit" isBusy={isAsking} variant={settings.signIn ? 'default' : 'filled'}>
          {t('use')}
        </BusyButton>
      </Stack>
    </form>
  );
}
