import { useMutation, useQuery } from '@apollo/client/react';
import { Group, NativeSelect, Radio, Skeleton, Stack } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import {
  type FallbackPolicy,
  SaveSettingsDocument,
  type SearchProvider,
  SettingsDocument,
  type SettingsQuery,
} from '../../generated/settings';
import { useAnnounce } from '../../parts/announce';
import { BusyButton } from '../../parts/busy-button';
import { FailureNotice } from '../../parts/failure-notice';
import { useShownLater } from '../../parts/use-gradually';
import { Section } from './section';

/** How requests find a key. */
export function RequestSettings(): ReactNode {
  const t = useTranslations('settings');
  const { data, error, refetch } = useQuery(SettingsDocument);
  const isShown = useShownLater(data !== undefined);
  return (
    <Section id="requests" title={t('requests')}>
      {data && isShown ? (
        <RequestForm settings={data} />
      ) : error ? (
        <FailureNotice error={error} onRetry={() => void refetch().catch(() => undefined)} />
      ) : (
        <Skeleton height="15rem" />
      )}
    </Section>
  );
}

const policies: readonly FallbackPolicy[] = ['USE_SERVER', 'NEVER'];

function RequestForm({ settings: { viewer, providers } }: { readonly settings: SettingsQuery }): ReactNode {
  const t = useTranslations('settings');
  const announce = useAnnounce();
  const [save, { loading }] = useMutation(SaveSettingsDocument);
  const [fallbackPolicy, setFallbackPolicy] = useState(viewer.fallbackPolicy);
  const [defaultSearchProvider, setDefaultSearchProvider] = useState(viewer.defaultSearchProvider);
  const [failure, setFailure] = useState<unknown>(null);
  const engines = providers.filter(({ kind }) => kind === 'SEARCH');

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    setFailure(null);
    try {
      await save({ variables: { input: { fallbackPolicy, defaultSearchProvider } } });
      announce(t('saved'));
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Radio.Group
          label={t('fallbackPolicy')}
          value={fallbackPolicy}
          onChange={(value) => setFallbackPolicy(value)}
        >
          <Stack gap="sm" mt="xs">
            {policies.map((policy) => (
              <Radio
                key={policy}
                value={policy}
                label={t(`fallback.${policy}`)}
                description={t(`fallbackMeaning.${policy}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <NativeSelect
          label={t('defaultSearch')}
          description={t('defaultSearchHint')}
          value={defaultSearchProvider ?? ''}
          onChange={(event) =>
            setDefaultSearchProvider((event.currentTarget.value || null) as SearchProvider | null)
          }
          data={[
            { value: '', label: t('defaultSearchNone') },
            ...engines.map(({ provider, displayName }) => ({ value: provider, label: displayName })),
          ]}
        />
        {failure !== null && <FailureNotice error={failure} />}
        <Group>
          <BusyButton type="submit" isBusy={loading}>
            {t('save')}
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}
