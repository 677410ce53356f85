import { useMutation } from '@apollo/client/react';
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { type AccessTokensQuery, RevokeAccessTokenDocument } from '../../generated/settings';
import { useAnnounce } from '../../parts/announce';
import { ConfirmDialog } from '../../parts/confirm-dialog';

interface RevokeDialogProps {
  readonly token: Pick<AccessTokensQuery['accessTokens'][number], 'id' | 'name'>;
  readonly onRevoked: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly returnTo: readonly string[];
}

/** Asks before a token is refused for good. */
export default function RevokeDialog(props: RevokeDialogProps): ReactNode {
  const {
    token: { id, name },
    onRevoked,
    onClose,
    returnTo,
  } = props;
  const t = useTranslations('settings');
  const announce = useAnnounce();
  const [revoke] = useMutation(RevokeAccessTokenDocument);
  return (
    <ConfirmDialog
      title={t('revokeTitle', { name })}
      action={t('revoke')}
      onConfirm={async () => {
        await revoke({ variables: { id } });
        await onRevoked();
        announce(t('saidRevoked', { name }));
      }}
      onClose={onClose}
      returnTo={returnTo}
    >
      <Text>{t('revokeText')}</Text>
    </ConfirmDialog>
  );
}
