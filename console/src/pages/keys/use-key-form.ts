import { useApolloClient } from '@apollo/client/react';
import { type RefObject, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { hasHalfMoment } from '../../parts/moment-field';
import { showMistakes } from '../../parts/show-mistakes';
import { failureOf } from '../../server/server-error';
import { inputOf, type KeyForm, keyFormOf, type Mistake, mistakesOf } from './key-form';
import { useKeysPage } from './keys-context';
import { endpointId, type Place } from './places';
import { sendKey, type Stored, takeKey } from './send-key';
import { useChange } from './use-change';
import { usePlaceName } from './use-words';

interface KeyFormState {
  readonly form: KeyForm;
  readonly change: (changes: Partial<KeyForm>) => void;
  readonly mistakes: readonly Mistake[];
  /** Why the key was not stored, and the field of it is empty all the same. */
  readonly failure: unknown;
  /** Whether the server does not take what is in a field of the input. */
  readonly isRefused: (path: string) => boolean;
  readonly submit: (event: SyntheticEvent<HTMLFormElement>) => void;
}

interface KeyFormOptions {
  /** Null: a new endpoint. */
  readonly place: Place | null;
  /** What the key is pasted into. */
  readonly keyField: RefObject<HTMLInputElement | null>;
  readonly isSending: boolean;
  readonly onSending: (isSending: boolean) => void;
  /** Called when the key is stored. */
  readonly onDone: () => void;
}

export function useKeyForm(options: KeyFormOptions): KeyFormState {
  const { place, keyField, isSending, onSending, onDone } = options;
  const client = useApolloClient();
  const { places } = useKeysPage();
  const tell = useTellStored(place, onDone);
  const [form, setForm] = useState(() => keyFormOf(place));
  const [mistakes, setMistakes] = useState<readonly Mistake[]>([]);
  const [failure, setFailure] = useState<unknown>(null);

  function submit(event: SyntheticEvent<HTMLFormElement>): void {
    event.preventDefault();
    const field = keyField.current;
    if (field === null || isSending) return;
    const takenNames = places.endpoints.flatMap(({ endpoint }) => endpoint?.name ?? []);
    const found = mistakesOf({
      ...{ form, place, takenNames },
      hasKey: field.value.trim() !== '',
      hasHalfMoment: hasHalfMoment(event.currentTarget),
    });
    showMistakes(event.currentTarget, () => {
      setMistakes(found);
      setFailure(null);
    });
    if (found.length > 0) return;
    onSending(true);
    // In one turn: the request has the key, and the field has it no more.
    void finish(sendKey(client, { ...inputOf(form, place), apiKey: takeKey(field) }));
  }

  async function finish(sent: Promise<Stored>): Promise<void> {
    try {
      await tell(await sent, form.verify);
    } catch (error) {
      setFailure(error);
      onSending(false);
      keyField.current?.focus();
    }
  }

  const { violations } = failureOf(failure);
  return {
    form,
    change: (changes) => setForm((before) => ({ ...before, ...changes })),
    mistakes,
    failure,
    isRefused: (path) => violations.some((violation) => violation.path === `input.${path}`),
    submit,
  };
}

/** Shows what has come of storing a key. */
function useTellStored(
  place: Place | null,
  onDone: () => void,
): (stored: Stored, wasVerified: boolean) => Promise<void> {
  const t = useTranslations('keys');
  const nameOf = usePlaceName();
  const changed = useChange();
  const { places, show } = useKeysPage();
  return async ({ apiKey, replacedKeyId, warning }, wasVerified) => {
    const { endpoint, maskedKey: key, health, healthReason: reason } = apiKey;
    const provider = place?.provider ?? places.custom;
    if (provider === null) return;
    const id = endpoint ? endpointId(endpoint.name) : (place?.id ?? '');
    const stored: Place = { id, provider, endpoint, key: apiKey };
    const said = replacedKeyId === null ? 'saidStored' : 'saidReplaced';
    await changed(stored, t(said, { provider: nameOf(stored), key }), onDone);
    if (wasVerified) show({ placeId: id, health, reason, warning });
  };
}
