import { Button, Loader } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useKeysPage } from './keys-context';
import type { Key, Place } from './places';
import styles from './key-card.module.css';
import { MoreActions } from './more-actions';
import { usePlaceName } from './use-words';

interface KeyActionsProps {
  readonly place: Place;
  readonly onVerify: () => void;
  readonly isVerifying: boolean;
  readonly onFailure: (failure: unknown) => void;
}

/** What can be done with a place: store a key, or change the one that is there. */
export function KeyActions({ place, ...actions }: KeyActionsProps): ReactNode {
  const t = useTranslations('keys');
  const { open } = useKeysPage();
  const provider = usePlaceName()(place);
  const { key } = place;
  return (
    <div className={styles.actions}>
      {key ? (
        <StoredKeyActions place={place} apiKey={key} {...actions} />
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus size={15} aria-hidden />}
          aria-label={t('actionOf', { action: t('store'), provider })}
          onClick={() => open({ kind: 'STORE', place })}
        >
          {t('store')}
        </Button>
      )}
    </div>
  );
}

function StoredKeyActions(props: KeyActionsProps & { readonly apiKey: Key }): ReactNode {
  const { place, apiKey, onVerify, isVerifying, onFailure } = props;
  const t = useTranslations('keys');
  const { open } = useKeysPage();
  const provider = usePlaceName()(place);
  const labelOf = (action: string): string => t('actionOf', { action, provider });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-disabled={isVerifying}
        leftSection={isVerifying && <Loader size={14} aria-hidden />}
        aria-label={labelOf(t('verify'))}
        onClick={onVerify}
      >
        {t('verify')}
      </Button>
      <Button
        size="xs"
        variant="default"
        aria-label={labelOf(t('replace'))}
        onClick={() => open({ kind: 'STORE', place })}
      >
        {t('replace')}
      </Button>
      <MoreActions place={place} isOn={apiKey.status === 'ACTIVE'} onFailure={onFailure} />
    </>
  );
}
