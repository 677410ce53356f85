import { useMutation } from '@apollo/client/react';
import { Stack, TextInput } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { UpdateKeyDocument } from '../../generated/keys';
import { useAnnounce } from '../../parts/announce';
import { Dialog } from '../../parts/dialog';
import { DialogButtons } from '../../parts/dialog-buttons';
import { FailureNotice } from '../../parts/failure-notice';
import { failureOf } from '../../server/server-error';
import type { Key, Place } from './places';
import { useUnlessGone } from './use-change';
import { usePlaceName } from './use-words';

interface RenameDialogProps {
  readonly place: Place;
  readonly apiKey: Key;
  readonly onClose: () => void;
}

/** Gives a key another name, or none. */
export function RenameDialog({ place, apiKey, onClose }: RenameDialogProps): ReactNode {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const announce = useAnnounce();
  const unlessGone = useUnlessGone();
  const [update, { loading }] = useMutation(UpdateKeyDocument);
  const [name, setName] = useState(apiKey.name ?? '');
  const [failure, setFailure] = useState<unknown>(null);

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    setFailure(null);
    const wanted = name.trim();
    try {
      const input = { keyId: apiKey.id, name: wanted === '' ? null : wanted };
      await unlessGone(() => update({ variables: { input } }));
      onClose();
      announce(
        wanted === '' ? t('saidNameless', { provider }) : t('saidRenamed', { provider, name: wanted }),
      );
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <Dialog
      title={t('renameTitle', { provider })}
      onClose={onClose}
      isBusy={loading}
      returnTo={[`${place.id}-more`, place.id]}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            label={t('name')}
            description={t('renameHint')}
            autoComplete="off"
            maxLength={100}
            value={name}
            error={failureOf(failure).violations.some(({ path }) => path === 'input.name')}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          {failure !== null && <FailureNotice error={failure} />}
          <DialogButtons action={t('rename')} isBusy={loading} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
