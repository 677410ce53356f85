import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { FailureNotice } from '../../parts/failure-notice';
import { failureOf } from '../../server/server-error';
import type { Key } from './places';

interface KeyFailureProps {
  readonly error: unknown;
  /** The key that was to be replaced. */
  readonly replaced: Key | null;
}

/** Why a key was not stored. One that the provider refuses takes nobody's place. */
export function KeyFailure({ error, replaced }: KeyFailureProps): ReactNode {
  const t = useTranslations('keys');
  return (
    <Stack gap="xs">
      <FailureNotice error={error} />
      {failureOf(error).code === 'KEY_REJECTED' && (
        <Text size="sm" fw={600}>
          {replaced ? t('keyStays', { key: replaced.maskedKey }) : t('keyNotStored')}
        </Text>
      )}
    </Stack>
  );
}
