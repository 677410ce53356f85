import { Alert, Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SignInSettings } from '../app/settings';
import { FailureNotice } from '../parts/failure-notice';
import { canSignIn, goToProvider } from './open-id';
import styles from './sign-in-page.module.css';

export function OpenIdSignIn({ signIn }: { readonly signIn: SignInSettings }): ReactNode {
  const t = useTranslations('signIn');
  const [failure, setFailure] = useState<unknown>(null);
  if (!canSignIn()) return <Alert color="yellow">{t('insecure')}</Alert>;
  const { host } = new URL(signIn.metadata.authorization_endpoint);
  const go = (): void => {
    setFailure(null);
    goToProvider().catch(setFailure);
  };
  return (
    <>
      <Button size="md" classNames={{ root: styles.provider ?? '', label: styles.host ?? '' }} onClick={go}>
        {t('withProvider', { provider: host })}
      </Button>
      {failure !== null && <FailureNotice error={failure} />}
    </>
  );
}
