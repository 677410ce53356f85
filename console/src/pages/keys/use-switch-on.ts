import { useMutation } from '@apollo/client/react';
import { useTranslations } from 'use-intl';
import { UpdateKeyDocument } from '../../generated/keys';
import type { Place } from './places';
import { useChange, useUnlessGone } from './use-change';
import { usePlaceName } from './use-words';

/** Nothing is lost by it, so it asks nothing first. */
export function useSwitchOn(place: Place, onFailure: (failure: unknown) => void): () => Promise<void> {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const changed = useChange();
  const unlessGone = useUnlessGone();
  const [update] = useMutation(UpdateKeyDocument);
  return async () => {
    if (place.key === null) return;
    onFailure(null);
    try {
      const input = { keyId: place.key.id, enabled: true };
      await unlessGone(() => update({ variables: { input } }));
      await changed(place, t('saidOn', { provider }));
    } catch (error) {
      onFailure(error);
    }
  };
}
