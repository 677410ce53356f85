import { Checkbox, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Dialog } from '../../parts/dialog';
import { DialogButtons } from '../../parts/dialog-buttons';
import { MomentField } from '../../parts/moment-field';
import { EndpointFields } from './endpoint-fields';
import { KeyField } from './key-field';
import { KeyFailure } from './key-failure';
import { useKeysPage } from './keys-context';
import { type Place, placeWith } from './places';
import { ReplacedKey } from './replaced-key';
import { useKeyForm } from './use-key-form';
import { usePlaceName } from './use-words';

interface StoreKeyDialogProps {
  /** Null: a new endpoint. */
  readonly place: Place | null;
  readonly onClose: () => void;
}

/** Stores a key, or puts one in the place of another: then it first shows what is replaced. */
export function StoreKeyDialog({ place: opened, onClose }: StoreKeyDialogProps): ReactNode {
  const t = useTranslations('keys');
  const nameOf = usePlaceName();
  const [isSending, setSending] = useState(false);
  const place = usePlaceNow(opened, isSending);
  const replaced = place?.key ?? null;
  // A program may store a key meanwhile: that, too, is shown before another takes its place.
  const [seen, setSeen] = useState<string | null>(null);
  const hasSeen = replaced === null || seen === replaced.id;
  const [hasBegun, setBegun] = useState(hasSeen);
  const title =
    place === null ? t('addEndpoint') : t(replaced ? 'replaceFor' : 'storeFor', { provider: nameOf(place) });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isBusy={isSending}
      returnTo={place ? [place.id] : ['add-endpoint']}
    >
      {replaced && !hasSeen && (
        <ReplacedKey
          apiKey={replaced}
          onGoOn={() => {
            setSeen(replaced.id);
            setBegun(true);
          }}
          onClose={onClose}
        />
      )}
      {hasBegun && (
        <div hidden={!hasSeen}>
          <KeyFormFields place={place} onClose={onClose} isSending={isSending} onSending={setSending} />
        </div>
      )}
    </Dialog>
  );
}

/** A place with the key that is there now; while something is sent, with the one for which that was. */
function usePlaceNow(opened: Place | null, isSending: boolean): Place | null {
  const { places } = useKeysPage();
  const [shown, setShown] = useState(opened);
  if (opened === null || isSending) return shown;
  const now = placeWith(opened.id, places) ?? { ...opened, key: null };
  if (now.key?.id !== shown?.key?.id) setShown(now);
  return now;
}

interface KeyFormFieldsProps extends StoreKeyDialogProps {
  readonly isSending: boolean;
  readonly onSending: (isSending: boolean) => void;
}

function KeyFormFields({ place, onClose, isSending, onSending }: KeyFormFieldsProps): ReactNode {
  const t = useTranslations('keys');
  const parts = useTranslations('parts');
  const keyField = useRef<HTMLInputElement>(null);
  const state = useKeyForm({ place, keyField, isSending, onSending, onDone: onClose });
  const { form, change, mistakes, failure, isRefused } = state;
  // Null: a new one.
  const isEndpoint = place?.endpoint !== null;
  return (
    <form onSubmit={state.submit} noValidate>
      <Stack>
        {isEndpoint && <EndpointFields {...state} isNew={place === null} />}
        <KeyField
          ref={keyField}
          error={
            mistakes.includes('apiKey') ? t('apiKeyMissing') : failure !== null ? t('pasteAgain') : false
          }
          isSending={isSending}
          isFirst={place !== null}
        />
        {!isEndpoint && (
          <TextInput
            label={t('name')}
            description={t('nameHint')}
            autoComplete="off"
            maxLength={100}
            value={form.name}
            error={isRefused('name')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        )}
        <MomentField
          label={t('expiresAt')}
          description={t('expiresAtHint')}
          value={form.expiresAt}
          error={mistakes.includes('expiresAt') ? parts('halfMoment') : isRefused('expiresAt')}
          onChange={(expiresAt) => change({ expiresAt })}
        />
        <Checkbox
          label={t('verifyFirst')}
          description={t('verifyFirstHint')}
          checked={form.verify}
          onChange={(event) => change({ verify: event.currentTarget.checked })}
        />
        {failure !== null && <KeyFailure error={failure} replaced={place?.key ?? null} />}
        <DialogButtons action={t(place?.key ? 'replace' : 'store')} isBusy={isSending} onClose={onClose} />
      </Stack>
    </form>
  );
}
