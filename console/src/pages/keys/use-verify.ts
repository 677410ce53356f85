import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { VerifyKeyDocument } from '../../generated/keys';
import { useAnnounce } from '../../parts/announce';
import { useKeysPage } from './keys-context';
import type { Place } from './places';
import { useHealthWord, usePlaceName } from './use-words';

interface Verification {
  readonly verify: () => Promise<void>;
  readonly isVerifying: boolean;
  /** Why it could not be done; null: it could, or was not wanted. */
  readonly failure: unknown;
}

/** Tries a stored key with its provider, and says what that shows. */
export function useVerify(place: Place): Verification {
  const t = useTranslations('keys');
  const name = usePlaceName()(place);
  const healthWord = useHealthWord();
  const announce = useAnnounce();
  const { refresh, show } = useKeysPage();
  const [mutate] = useMutation(VerifyKeyDocument);
  const [isVerifying, setVerifying] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function verify(): Promise<void> {
    if (place.key === null || isVerifying) return;
    setVerifying(true);
    setFailure(null);
    show(null);
    try {
      const { data } = await mutate({ variables: { keyId: place.key.id } });
      if (!data) return;
      const { apiKey, warning } = data.verifyApiKey;
      const { health, healthReason: reason } = apiKey;
      show({ placeId: place.id, health, reason, warning });
      announce(
        warning === null
          ? t('saidVerified', { provider: name, health: healthWord(health) })
          : t('saidNothing', { provider: name }),
      );
    } catch (error) {
      setFailure(error);
    } finally {
      setVerifying(false);
    }
    await refresh();
  }

  return { verify, isVerifying, failure };
}
