import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../parts/failure-notice';
import { useKeysPage } from './keys-context';
import { providerOf } from './places';
import styles from './resolution-summary.module.css';
import { blockOf, type Resolution } from './use-resolution';
import { useReason } from './use-words';

/** What a request would use, in a sentence; or why it would fail, and what to do. */
export function ResolutionAnswer({ resolution }: { readonly resolution: Resolution }): ReactNode {
  const t = useTranslations('keys');
  const { places } = useKeysPage();
  const { provider, source, keyId } = resolution;
  const block = blockOf(resolution);
  if (block) return <Blocked {...block} />;
  if (provider === null || source === null)
    return (
      <div>
        <Text size="lg" fw={600}>
          {t('usesNone')}
        </Text>
        <Text size="sm">{t('usesNoneAdvice')}</Text>
      </div>
    );
  const name = providerOf(provider, places)?.displayName ?? provider;
  const key =
    [...places.chat, ...places.search].find((place) => place.key?.id === keyId)?.key?.maskedKey ?? '';
  return (
    <Text size="lg" fw={600} className={styles.answer}>
      {source === 'SERVER'
        ? t('usesServer', { provider: name })
        : t.rich('usesUser', {
            provider: name,
            key,
            code: (chunks) => <Code fz="md">{chunks}</Code>,
          })}
    </Text>
  );
}

function Blocked({ candidate, code }: NonNullable<ReturnType<typeof blockOf>>): ReactNode {
  const t = useTranslations('keys');
  const { places } = useKeysPage();
  const reasonOf = useReason();
  const { advice } = useErrorText(code);
  const provider = providerOf(candidate.provider, places)?.displayName ?? candidate.provider;
  const { text, lang } = reasonOf(candidate, provider);
  return (
    <div>
      <Text size="lg" fw={600}>
        {t('usesBlocked', { provider })}
      </Text>
      <Text size="sm" lang={lang}>
        {text}
      </Text>
      <Text size="sm">{advice}</Text>
    </div>
  );
}
