import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { KeyForm, Mistake } from './key-form';

interface EndpointFieldsProps {
  readonly form: KeyForm;
  readonly change: (changes: Partial<KeyForm>) => void;
  readonly mistakes: readonly Mistake[];
  readonly isRefused: (path: string) => boolean;
  /** Another one's name stays: a key under another name would be another endpoint. */
  readonly isNew: boolean;
}

/** Where the key of an endpoint goes. */
export function EndpointFields(props: EndpointFieldsProps): ReactNode {
  const { form, change, mistakes, isRefused, isNew } = props;
  const t = useTranslations('keys');
  const nameMistake = mistakes.includes('nameTaken')
    ? t('nameTaken')
    : mistakes.includes('endpointName') && t('nameMissing');
  return (
    <>
      {isNew && (
        <TextInput
          label={t('name')}
          description={t('nameOfEndpointHint')}
          autoComplete="off"
          required
          maxLength={50}
          value={form.endpointName}
          error={nameMistake || isRefused('endpoint.name')}
          onChange={(event) => change({ endpointName: event.currentTarget.value })}
          data-autofocus
        />
      )}
      <TextInput
        label={t('baseUrl')}
        description={t('baseUrlHint')}
        type="url"
        autoComplete="off"
        required
        maxLength={500}
        value={form.baseUrl}
        error={mistakes.includes('baseUrl') ? t('baseUrlMissing') : isRefused('endpoint.baseUrl')}
        onChange={(event) => change({ baseUrl: event.currentTarget.value })}
      />
    </>
  );
}
