import { useMutation } from '@apollo/client/react';
import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { DeleteKeyDocument, UpdateKeyDocument } from '../../generated/keys';
import { ConfirmDialog } from '../../parts/confirm-dialog';
import type { Key, Place } from './places';
import { useChange, useUnlessGone } from './use-change';
import { usePlaceName } from './use-words';

interface ConfirmationProps {
  readonly place: Place;
  readonly apiKey: Key;
  readonly onClose: () => void;
}

const code = (chunks: ReactNode): ReactNode => <Code>{chunks}</Code>;

/** Says what requests use then. It can be undone. */
export function SwitchOffDialog({ place, apiKey, onClose }: ConfirmationProps): ReactNode {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const changed = useChange();
  const unlessGone = useUnlessGone();
  const [update] = useMutation(UpdateKeyDocument);
  return (
    <ConfirmDialog
      title={t('switchOffTitle', { provider })}
      action={t('switchOff')}
      isHarmless
      onConfirm={async () => {
        await unlessGone(() => update({ variables: { input: { keyId: apiKey.id, enabled: false } } }));
        await changed(place, t('saidOff', { provider }), onClose);
      }}
      onClose={onClose}
      returnTo={[`${place.id}-more`, place.id]}
    >
      <Text>
        {t.rich(place.endpoint ? 'switchOffEndpoint' : 'switchOffText', { key: apiKey.maskedKey, code })}
      </Text>
    </ConfirmDialog>
  );
}

export function DeleteKeyDialog({ place, apiKey, onClose }: ConfirmationProps): ReactNode {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const changed = useChange();
  const unlessGone = useUnlessGone();
  const [remove] = useMutation(DeleteKeyDocument);
  const key = apiKey.maskedKey;
  return (
    <ConfirmDialog
      title={t('deleteTitle', { provider })}
      action={t('delete')}
      onConfirm={async () => {
        await unlessGone(() => remove({ variables: { keyId: apiKey.id } }));
        await changed(place, t('saidDeleted', { provider, key }), onClose);
      }}
      onClose={onClose}
      returnTo={[place.id, 'add-endpoint']}
    >
      <Text>{t.rich('deleteText', { key, code })}</Text>
      <Text size="sm" c="dimmed">
        {t('deleteAtProvider')}
      </Text>
    </ConfirmDialog>
  );
}
