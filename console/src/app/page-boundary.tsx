import { Alert, Button, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

/** Stands in for a page that has failed. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (this.state.hasFailed) return <FailedPage />;
    return this.props.children;
  }
}

function FailedPage(): ReactNode {
  const t = useTranslations('shell');
  return (
    <Alert color="red" role="alert" m="md">
      <Stack align="start">
        <Text>{t('pageBroke')}</Text>
        <Button variant="default" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      </Stack>
    </Alert>
  );
}
