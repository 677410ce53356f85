import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Moment } from '../../parts/moment';
import type { Key } from './places';
import styles from './key-card.module.css';

/** What is kept of a key: its age, its last use, its end, and what it may be used for. */
export function KeyFacts({ apiKey }: { readonly apiKey: Key }): ReactNode {
  const t = useTranslations('keys');
  const { createdAt, lastUsedAt, expiresAt, rotateBy, healthCheckedAt, allowedModels, allowedUses } = apiKey;
  return (
    <dl className={styles.facts}>
      <Fact name={t('stored')}>
        <Moment at={createdAt} />
      </Fact>
      <Fact name={t('lastUsed')}>{lastUsedAt === null ? t('never') : <Moment at={lastUsedAt} />}</Fact>
      <Fact name={t('expires')}>{expiresAt === null ? t('never') : <Moment at={expiresAt} isDate />}</Fact>
      <Fact name={t('rotateBy')}>
        <Moment at={rotateBy} isDate />
      </Fact>
      {healthCheckedAt !== null && (
        <Fact name={t('checked')}>
          <Moment at={healthCheckedAt} />
        </Fact>
      )}
      {allowedUses && (
        <Fact name={t('uses')}>
          {allowedUses.map((use) => (t.has(`use.${use}`) ? t(`use.${use}`) : use)).join(', ')}
        </Fact>
      )}
      {allowedModels && (
        <Fact name={t('models')} isWide>
          {allowedModels.map((pattern) => (
            <Code key={pattern} className={styles.pattern}>
              {pattern}
            </Code>
          ))}
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}

function Fact({ name, children, isWide = false }: FactProps): ReactNode {
  return (
    <div className={isWide ? styles.wide : undefined}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}
