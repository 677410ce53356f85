import { useApolloClient, useQuery } from '@apollo/client/react';
import { Badge, Button, Group, Skeleton, Text } from '@mantine/core';
import { Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { AccessTokensDocument, type AccessTokensQuery } from '../../generated/settings';
import { FailureNotice } from '../../parts/failure-notice';
import { lateDialog } from '../../parts/late-dialog';
import { Moment } from '../../parts/moment';
import { unremembered } from '../../server/last-operation';
import { Section } from './section';
import styles from './settings-page.module.css';

type AccessToken = AccessTokensQuery['accessTokens'][number];
type OpenDialog = { readonly kind: 'CREATE' } | { readonly kind: 'REVOKE'; readonly token: AccessToken };

/** Loaded when the first is opened. */
const CreateTokenDialog = lateDialog(() => import('./create-token-dialog'));
const RevokeDialog = lateDialog(() => import('./revoke-dialog'));

const CREATE_BUTTON = 'create-token';

/** Tokens for the person's programs. */
export function AccessTokens(): ReactNode {
  const t = useTranslations('settings');
  const { data, error, refetch } = useQuery(AccessTokensDocument);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const close = (): void => setDialog(null);
  const client = useApolloClient();
  // After a change: what is shown as GraphQL stays what the person did.
  const refresh = (): Promise<unknown> =>
    client
      .query({ query: AccessTokensDocument, fetchPolicy: 'network-only', context: unremembered })
      .catch(() => undefined);
  return (
    <Section id="access-tokens" title={t('tokens')} text={t('tokensIntro')}>
      {error && <FailureNotice error={error} onRetry={() => void refetch().catch(() => undefined)} />}
      {!data && !error && <Skeleton height="4rem" />}
      {data?.accessTokens.length === 0 && <Text c="dimmed">{t('noTokens')}</Text>}
      {data && data.accessTokens.length > 0 && (
        <ul className={styles.tokens} role="list">
          {data.accessTokens.map((token) => (
            <TokenItem key={token.id} token={token} onRevoke={() => setDialog({ kind: 'REVOKE', token })} />
          ))}
        </ul>
      )}
      {data && (
        <Group>
          <Button
            id={CREATE_BUTTON}
            variant="default"
            leftSection={<Plus size={16} aria-hidden />}
            onClick={() => setDialog({ kind: 'CREATE' })}
          >
            {t('createToken')}
          </Button>
        </Group>
      )}
      {dialog?.kind === 'CREATE' && (
        <CreateTokenDialog onCreated={refresh} onClose={close} returnTo={[CREATE_BUTTON]} />
      )}
      {dialog?.kind === 'REVOKE' && (
        <RevokeDialog token={dialog.token} onRevoked={refresh} onClose={close} returnTo={[CREATE_BUTTON]} />
      )}
    </Section>
  );
}

interface TokenItemProps {
  readonly token: AccessToken;
  readonly onRevoke: () => void;
}

function TokenItem({ token, onRevoke }: TokenItemProps): ReactNode {
  const t = useTranslations('settings');
  const { name, scopes, createdAt, lastUsedAt, expiresAt } = token;
  return (
    <li className={styles.token}>
      <div className={styles.about}>
        <Text fw={600}>{name}</Text>
        <div className={styles.scopes}>
          {scopes.map((scope) => (
            <Badge key={scope} variant="default" tt="none" fw={500}>
              {scope}
            </Badge>
          ))}
        </div>
        <Text size="sm" c="dimmed" component="div" className={styles.dates}>
          <span>
            {t('expires')}: <Moment at={expiresAt} isDate />
          </span>
          <span>
            {t('lastUsed')}: {lastUsedAt === null ? t('never') : <Moment at={lastUsedAt} />}
          </span>
          <span>
            {t('created')}: <Moment at={createdAt} />
          </span>
        </Text>
      </div>
      <Button size="xs" variant="default" aria-label={t('revokeOf', { name })} onClick={onRevoke}>
        {t('revoke')}
      </Button>
    </li>
  );
}
