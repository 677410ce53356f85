import { NativeSelect, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { SearchProvider } from '../../../generated/try';
import styles from './settings.module.css';
import type { SettingsProps } from './settings-panel';

const FIRST = 'FIRST';
/** As many as a chat may have. */
const COUNTS = Array.from({ length: 10 }, (_, index) => String(index + 1));

/** Whether the model may search the web, with which engine, and how often. */
export function SearchChoice({ held, services: { choices, engines } }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  return (
    <div className={styles.group}>
      <Switch
        label={t('search')}
        description={t('searchHint')}
        checked={choices.isSearching}
        onChange={(event) => held.change({ isSearching: event.currentTarget.checked })}
      />
      {choices.isSearching && (
        <div className={styles.pair}>
          <NativeSelect
            label={t('engine')}
            data={[
              { value: FIRST, label: t('firstEngine') },
              ...engines.map(({ provider, displayName }) => ({ value: provider, label: displayName })),
            ]}
            value={choices.engine ?? FIRST}
            onChange={({ currentTarget: { value } }) =>
              held.change({ engine: value === FIRST ? null : (value as SearchProvider) })
            }
          />
          <NativeSelect
            label={t('maxSearches')}
            data={COUNTS}
            value={choices.maxSearches}
            onChange={({ currentTarget }) => held.change({ maxSearches: currentTarget.value })}
          />
        </div>
      )}
    </div>
  );
}
