import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { FailureNotice } from '../../parts/failure-notice';
import { type Place, questionOf } from './places';
import styles from './key-card.module.css';
import { ResolutionSteps } from './resolution-steps';
import { useResolution } from './use-resolution';
import { usePlaceName } from './use-words';

/** What a request for one provider would use: the person's key, then the server's. */
export function PlaceResolution({ place }: { readonly place: Place }): ReactNode {
  const t = useTranslations('keys');
  const provider = usePlaceName()(place);
  const { resolution, error, retry } = useResolution(questionOf(place));
  return (
    <div className={styles.resolution}>
      <Text size="xs" c="dimmed" className={styles.question}>
        <Question place={place} />
      </Text>
      {error !== null && <FailureNotice error={error} onRetry={retry} />}
      {resolution && (
        <ResolutionSteps
          candidates={resolution.candidates}
          label={t('orderFor', { provider })}
          nameOf={({ source }) => ({ step: t(source === 'USER' ? 'yourKey' : 'serverKey'), provider })}
          variant="rows"
        />
      )}
    </div>
  );
}

/** The request that the picture is of. */
function Question({ place: { provider, endpoint } }: { readonly place: Place }): ReactNode {
  const t = useTranslations('keys');
  if (endpoint !== null) return t('questionEndpoint');
  const { kind, defaultModel: model } = provider;
  if (kind === 'SEARCH') return t('questionSearch');
  return model === null ? t('questionChat') : t('questionModel', { model });
}
