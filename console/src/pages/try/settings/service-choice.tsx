import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { SettingsProps } from './settings-panel';

/** The provider, or an endpoint of the person's own: those with a key first. */
export function ServiceChoice({ held, services: { services, service } }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  const group = (
    hasKey: boolean,
    name: string,
  ): { group: string; items: { value: string; label: string }[] } => ({
    group: name,
    items: services.filter((each) => each.hasKey === hasKey).map(({ id, label }) => ({ value: id, label })),
  });
  const groups = [group(true, t('withKey')), group(false, t('withoutKey'))].filter(
    ({ items }) => items.length > 0,
  );
  return (
    <NativeSelect
      label={t('provider')}
      data={service === null ? [{ value: '', label: t('firstWithKey') }, ...groups] : groups}
      value={service?.id ?? ''}
      disabled={services.length === 0}
      error={service?.hasKey === false ? t('noKey') : undefined}
      onChange={({ currentTarget }) => held.change({ service: currentTarget.value, model: null })}
    />
  );
}
