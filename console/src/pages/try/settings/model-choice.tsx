import { Autocomplete, type ComboboxItem, Loader, type OptionsFilter } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { FailureNotice } from '../../../parts/failure-notice';
import styles from './settings.module.css';
import type { SettingsProps } from './settings-panel';

/** OpenRouter lists hundreds. */
const MOST_SHOWN = 60;

/** The model: one of those that the provider lists, or any other by its name. */
export function ModelChoice({ held, services }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  const format = useFormatter();
  const { model, models, areModelsLoading, areModelsGuessed, modelsError, retryModels } = services;
  const known = new Map(models.map((each) => [each.id, each]));
  return (
    <>
      {modelsError !== null && <FailureNotice error={modelsError} onRetry={retryModels} />}
      <Autocomplete
        label={t('model')}
        placeholder={t('modelHint')}
        data={[...known.keys()]}
        value={model}
        limit={MOST_SHOWN}
        filter={allWhereChosen}
        rightSection={areModelsLoading ? <Loader size="xs" aria-hidden /> : undefined}
        description={<ModelsNote areGuessed={areModelsGuessed} />}
        autoComplete="off"
        spellCheck={false}
        comboboxProps={{ withinPortal: false }}
        renderOption={({ option: { value } }) => {
          const { displayName = value, contextTokens = null } = known.get(value) ?? {};
          return (
            <div className={styles.option}>
              <span>{displayName}</span>
              <small>
                {[
                  displayName === value ? '' : value,
                  contextTokens === null
                    ? ''
                    : t('context', { tokens: format.number(contextTokens, { notation: 'compact' }) }),
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </small>
            </div>
          );
        }}
        onChange={(value) => held.change({ model: value })}
      />
    </>
  );
}

/** Where the models come from: as high with the one as with the other, since it is known late. */
function ModelsNote({ areGuessed }: { readonly areGuessed: boolean }): ReactNode {
  const t = useTranslations('try');
  return (
    <span className={styles.notes}>
      <span data-shown={!areGuessed}>{t('modelsFree')}</span>
      <span data-shown={areGuessed}>{t('modelsGuessed')}</span>
    </span>
  );
}

/** What is chosen filters nothing: the others are to be seen, too. */
const allWhereChosen: OptionsFilter = ({ options, search, limit }) => {
  const items = options as ComboboxItem[];
  const words = search.toLowerCase().trim();
  const isChosen = items.some(({ value }) => value === search);
  return (isChosen ? items : items.filter(({ value }) => value.toLowerCase().includes(words))).slice(
    0,
    limit,
  );
};
