import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useCopy } from '../../parts/use-copy';
import styles from './settings-page.module.css';

interface TokenSecretProps {
  readonly secret: string;
  readonly onClose: () => void;
}

/** The token, this once. */
export function TokenSecret({ secret, onClose }: TokenSecretProps): ReactNode {
  const t = useTranslations('settings');
  const { isCopied, copy } = useCopy();
  return (
    <Stack>
      <Text>{t('secretText')}</Text>
      <div className={styles.secret}>
        <TextInput
          label={t('secret')}
          value={secret}
          readOnly
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button variant="default" onClick={() => copy(secret)} autoFocus>
          {t(isCopied ? 'copied' : 'copy')}
        </Button>
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('done')}</Button>
      </Group>
    </Stack>
  );
}
