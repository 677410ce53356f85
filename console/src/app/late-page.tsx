import { Alert, Loader, Stack, Text } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { RetryButton } from '../parts/failure-notice';
import { late, type Retry } from '../parts/late';
import { PageHeader } from '../parts/page-header';
import styles from './late-page.module.css';
import { pageLoaders, type PageName } from './page-loaders';
import { useTitle } from './use-title';

/** A page of the menu, loaded when it is first shown. */
export const latePage = (name: PageName): ComponentType =>
  late<object>(pageLoaders[name], {
    Waiting: LoadingPage,
    Failed: ({ onRetry }) => (
      <>
        <PageHeader page={name} />
        <PageNotLoaded onRetry={onRetry} />
      </>
    ),
  });

/** Signing in, likewise. */
export const SignInPage = late<object>(() => import('../session/sign-in-page'), {
  Waiting: LoadingPage,
  Failed: SignInNotLoaded,
});

function SignInNotLoaded({ onRetry }: Retry): ReactNode {
  const t = useTranslations('signIn');
  useTitle(t('title'));
  return (
    <main className={styles.alone}>
      <h1>Keystream</h1>
      <PageNotLoaded onRetry={onRetry} />
    </main>
  );
}

function LoadingPage(): ReactNode {
  const t = useTranslations('shell');
  return (
    <div className={styles.waiting} role="status">
      <Loader aria-hidden />
      <Text c="dimmed">{t('loading')}</Text>
    </div>
  );
}

function PageNotLoaded({ onRetry }: Retry): ReactNode {
  const t = useTranslations('shell');
  return (
    <Alert color="red" role="alert">
      <Stack align="start">
        <Text>{t('notLoaded')}</Text>
        <RetryButton onRetry={onRetry} />
      </Stack>
    </Alert>
  );
}
