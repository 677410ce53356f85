import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { en } from '../language/en';
import { type Failure, failureOf } from '../server/server-error';
import { handOnAround } from './hand-on';
import { ServerWords } from './server-words';

interface FailureNoticeProps {
  /** What was thrown. */
  readonly error: unknown;
  /** Tries it again; left out: there is nothing to try. */
  readonly onRetry?: () => void;
}

/** What went wrong, and what to do about it: each error code has its text. */
export function FailureNotice({ error, onRetry }: FailureNoticeProps): ReactNode {
  return <FailureAlert failure={failureOf(error)} {...(onRetry && { onRetry })} />;
}

interface FailureAlertProps {
  readonly failure: Failure;
  readonly onRetry?: () => void;
}

export function FailureAlert({ failure, onRetry }: FailureAlertProps): ReactNode {
  const t = useTranslations('errors');
  const { code, message, requestId, retryAfterMs, violations } = failure;
  const { title, advice } = useErrorText(code);
  return (
    <Alert color="red" role="alert" icon={<TriangleAlert aria-hidden />} title={title} data-code={code}>
      <Stack gap="xs">
        <Text size="sm">{advice}</Text>
        {violations.length > 0 ? (
          <List size="sm">
            {violations.map(({ path, message: what }) => (
              <List.Item key={path + what}>
                <Code>{path}</Code> <ServerWords>{what}</ServerWords>
              </List.Item>
            ))}
          </List>
        ) : (
          message !== '' && (
            <Text size="sm" c="dimmed">
              <ServerWords>{message}</ServerWords>
            </Text>
          )
        )}
        {retryAfterMs !== null && (
          <Text size="sm">{t('retryAfter', { seconds: Math.ceil(retryAfterMs / 1000) })}</Text>
        )}
        {(requestId !== null || onRetry) && (
          <Group>
            {onRetry && <RetryButton onRetry={onRetry} />}
            {requestId !== null && (
              <Text size="xs" c="dimmed">
                {t('requestId')}: <Code>{requestId}</Code>
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** Tries again. The button goes with what has failed. */
export function RetryButton({ onRetry }: { readonly onRetry: () => void }): ReactNode {
  const t = useTranslations('errors');
  return (
    <Button size="xs" variant="default" ref={handOnAround} onClick={onRetry}>
      {t('retry')}
    </Button>
  );
}

type ErrorCode = {
  [Name in keyof typeof en.errors]: (typeof en.errors)[Name] extends string ? never : Name;
}[keyof typeof en.errors];

/** The texts of a code; those of a mistake of the server for one that this page does not know. */
export function useErrorText(code: string): { readonly title: string; readonly advice: string } {
  const t = useTranslations('errors');
  const known = (
    t.has(`${code}.title` as `${ErrorCode}.title`) ? code : 'INTERNAL_SERVER_ERROR'
  ) as ErrorCode;
  return { title: t(`${known}.title`), advice: t(`${known}.advice`) };
}
