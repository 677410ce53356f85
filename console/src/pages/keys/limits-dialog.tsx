import { useMutation } from '@apollo/client/react';
import { Stack } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { UpdateKeyDocument } from '../../generated/keys';
import { useAnnounce } from '../../parts/announce';
import { Dialog } from '../../parts/dialog';
import { DialogButtons } from '../../parts/dialog-buttons';
import { FailureNotice } from '../../parts/failure-notice';
import { hasHalfMoment } from '../../parts/moment-field';
import { showMistakes } from '../../parts/show-mistakes';
import { LimitsFields } from './limits-fields';
import { changesOf, type LimitsForm, limitsFormOf, mistakesIn } from './limits-form';
import { MonthUse } from './month-use';
import type { Key, Place } from './places';
import { useChange, useUnlessGone } from './use-change';
import { usePlaceName } from './use-words';

interface LimitsDialogProps {
  readonly place: Place;
  readonly apiKey: Key;
  readonly onClose: () => void;
}

/** Says what a key may be used for, how much, and until when. */
export function LimitsDialog({ place, apiKey, onClose }: LimitsDialogProps): ReactNode {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const announce = useAnnounce();
  const changed = useChange();
  const unlessGone = useUnlessGone();
  const [update, { loading: isSending }] = useMutation(UpdateKeyDocument);
  // What was there when the dialog opened: what others change meanwhile is not changed back.
  const [before] = useState(() => limitsFormOf(apiKey));
  const [form, setForm] = useState(before);
  const [mistakes, setMistakes] = useState<ReadonlySet<keyof LimitsForm>>(new Set());
  const [failure, setFailure] = useState<unknown>(null);

  async function submit(event: SyntheticEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const found = mistakesIn(form, hasHalfMoment(event.currentTarget));
    showMistakes(event.currentTarget, () => {
      setMistakes(found);
      setFailure(null);
    });
    if (found.size > 0) return;
    const changes = changesOf(form, before);
    if (Object.keys(changes).length === 0) {
      onClose();
      announce(t('saidNoChange'));
      return;
    }
    try {
      await unlessGone(() => update({ variables: { input: { keyId: apiKey.id, ...changes } } }));
      await changed(place, t('saidLimits', { provider }), onClose);
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <Dialog
      title={t('limitsTitle', { provider })}
      onClose={onClose}
      isBusy={isSending}
      returnTo={[`${place.id}-more`, place.id]}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <LimitsFields
            place={place}
            form={form}
            change={(changes) => setForm({ ...form, ...changes })}
            mistakes={mistakes}
            failure={failure}
          />
          <MonthUse apiKey={apiKey} name={provider} />
          {failure !== null && <FailureNotice error={failure} />}
          <DialogButtons action={t('save')} isBusy={isSending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}
