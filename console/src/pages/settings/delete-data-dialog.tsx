import { useMutation, useQuery } from '@apollo/client/react';
import { Code, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { DeleteMyDataDocument } from '../../generated/settings';
import { ViewerDocument } from '../../generated/session';
import { Dialog } from '../../parts/dialog';
import { DialogButtons } from '../../parts/dialog-buttons';
import { FailureNotice } from '../../parts/failure-notice';
import { showMistakes } from '../../parts/show-mistakes';
import { leave } from '../../session/open-id';

interface DeleteDataDialogProps {
  readonly onClose: () => void;
  readonly returnTo: readonly string[];
}

/** Asks for the person's own id, so that nobody does it by a slip. */
export default function DeleteDataDialog({ onClose, returnTo }: DeleteDataDialogProps): ReactNode {
  const t = useTranslations('settings');
  const { data, error } = useQuery(ViewerDocument, { fetchPolicy: 'cache-first' });
  const [remove, { loading }] = useMutation(DeleteMyDataDocument);
  const [typed, setTyped] = useState('');
  const [isMismatch, setMismatch] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const id = data?.viewer.id;

  async function submit(event: SyntheticEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    // Where the page does not know the id, the server judges.
    const confirmUserId = id !== undefined && typed.trim() === id ? id : typed;
    const isOther = id !== undefined && confirmUserId !== id;
    showMistakes(event.currentTarget, () => {
      setMismatch(isOther);
      setFailure(null);
    });
    if (isOther) return;
    try {
      await remove({ variables: { confirmUserId } });
      await leave({ hasDeletedData: true });
    } catch (cause) {
      setFailure(cause);
    }
  }

  return (
    <Dialog title={t('deleteTitle')} onClose={onClose} isBusy={loading} returnTo={returnTo}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <Text>{t('deleteText')}</Text>
          <Text size="sm">{t('deleteStays')}</Text>
          {id !== undefined && (
            <Text size="sm">{t.rich('deleteYourId', { id, code: (chunks) => <Code>{chunks}</Code> })}</Text>
          )}
          {error && <FailureNotice error={error} />}
          <TextInput
            label={t('deleteConfirm')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
            value={typed}
            error={isMismatch && t('deleteMismatch')}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
          {failure !== null && <FailureNotice error={failure} />}
          <DialogButtons action={t('deleteAction')} isHarmful isBusy={loading} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
