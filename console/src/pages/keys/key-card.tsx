import { Alert, Code, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { FailureNotice } from '../../parts/failure-notice';
import { KeyActions } from './key-actions';
import styles from './key-card.module.css';
import { KeyFacts } from './key-facts';
import { type Found, useKeysPage } from './keys-context';
import { MonthUse } from './month-use';
import { PlaceResolution } from './place-resolution';
import type { Key, Place } from './places';
import { HealthBadge, KeyBadges } from './status-badge';
import { useVerify } from './use-verify';
import { usePlaceName } from './use-words';

/** All about the key of one provider or endpoint. */
export function KeyCard({ place }: { readonly place: Place }): ReactNode {
  const { found } = useKeysPage();
  const name = usePlaceName()(place);
  const { verify, isVerifying, failure } = useVerify(place);
  const [switchFailure, setSwitchFailure] = useState<unknown>(null);
  const { id, key, provider, endpoint } = place;
  return (
    <Paper
      component="article"
      withBorder
      radius="md"
      id={id}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      className={styles.card}
      data-provider={provider.provider}
    >
      <div>
        <Title order={3} size="h4" id={`${id}-title`}>
          {endpoint?.name ?? provider.displayName}
        </Title>
        {endpoint && (
          <Text size="sm" className={styles.address}>
            {endpoint.baseUrl}
          </Text>
        )}
      </div>
      {key && <StoredKey apiKey={key} />}
      <PlaceResolution place={place} />
      {key && <KeyFacts apiKey={key} />}
      {key && <MonthUse apiKey={key} name={name} />}
      {found?.placeId === id && <FoundNotice found={found} />}
      {failure !== null && <FailureNotice error={failure} onRetry={() => void verify()} />}
      {switchFailure !== null && <FailureNotice error={switchFailure} />}
      <KeyActions
        place={place}
        onVerify={() => void verify()}
        isVerifying={isVerifying}
        onFailure={setSwitchFailure}
      />
    </Paper>
  );
}

function StoredKey({ apiKey }: { readonly apiKey: Key }): ReactNode {
  return (
    <Stack gap="xs">
      <div className={styles.identity}>
        <Code className={styles.mask}>{apiKey.maskedKey}</Code>
        {apiKey.name !== null && <Text className={styles.name}>{apiKey.name}</Text>}
      </div>
      <div className={styles.badges}>
        <KeyBadges apiKey={apiKey} />
      </div>
      {apiKey.healthReason !== null && (
        <Text size="sm" c="dimmed" lang="en">
          {apiKey.healthReason}
        </Text>
      )}
    </Stack>
  );
}

function FoundNotice({ found }: { readonly found: Found }): ReactNode {
  const t = useTranslations('keys');
  const shell = useTranslations('shell');
  const { show } = useKeysPage();
  const { health, reason, warning } = found;
  return (
    <Alert
      variant="default"
      title={t(warning === null ? 'foundTitle' : 'foundNothing')}
      withCloseButton
      closeButtonLabel={shell('close')}
      onClose={() => {
        document.getElementById(found.placeId)?.focus({ preventScroll: true });
        show(null);
      }}
    >
      <Stack gap="xs" align="start">
        {warning === null && <HealthBadge health={health} />}
        {(warning ?? reason) !== null && (
          <Text size="sm" lang="en">
            {warning ?? reason}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
