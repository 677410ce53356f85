import { Checkbox, CloseButton, Fieldset, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { KeyUse, ProviderKind } from '../../generated/keys';
import { handOnAround } from '../../parts/hand-on';
import { MomentField } from '../../parts/moment-field';
import { failureOf } from '../../server/server-error';
import type { LimitsForm } from './limits-form';
import type { Place } from './places';

interface LimitsFieldsProps {
  readonly place: Place;
  readonly form: LimitsForm;
  readonly change: (changes: Partial<LimitsForm>) => void;
  readonly mistakes: ReadonlySet<keyof LimitsForm>;
  readonly failure: unknown;
}

/** What a key of a kind of provider can be used for. */
const usesOf: Readonly<Record<ProviderKind, readonly KeyUse[]>> = {
  CHAT: ['CHAT'],
  SEARCH: ['SEARCH', 'SEARCH_IN_CHAT'],
};

/** The limits that mean something to a provider. */
export function LimitsFields({ place, form, change, mistakes, failure }: LimitsFieldsProps): ReactNode {
  const t = useTranslations('keys');
  const parts = useTranslations('parts');
  const isChat = place.provider.kind === 'CHAT';
  const { violations } = failureOf(failure);
  const isRefused = (path: string): boolean =>
    violations.some((violation) => violation.path.startsWith(`input.${path}`));
  const textField = (field: 'requests' | 'tokens' | 'cost', label: string): ReactNode => (
    <TextInput
      label={label}
      inputMode={field === 'cost' ? 'decimal' : 'numeric'}
      autoComplete="off"
      value={form[field]}
      error={
        mistakes.has(field)
          ? t(field === 'cost' ? 'notAnAmount' : 'notANumber')
          : isRefused(`monthlyLimit.${field}`)
      }
      onChange={(event) => change({ [field]: event.currentTarget.value })}
      rightSection={
        <Clear field={label} isEmpty={form[field] === ''} onClear={() => change({ [field]: '' })} />
      }
    />
  );
  return (
    <>
      {isChat && (
        <Textarea
          label={t('allowedModels')}
          description={t('allowedModelsHint')}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          value={form.models}
          error={isRefused('allowedModels')}
          onChange={(event) => change({ models: event.currentTarget.value })}
          rightSection={
            <Clear
              field={t('allowedModels')}
              isEmpty={form.models === ''}
              onClear={() => change({ models: '' })}
            />
          }
          data-autofocus
        />
      )}
      <Checkbox.Group
        label={t('allowedUses')}
        description={t('allowedUsesHint')}
        value={[...form.uses]}
        error={isRefused('allowedUses')}
        onChange={(uses) => change({ uses })}
      >
        <Stack gap="xs" mt="xs">
          {usesOf[place.provider.kind].map((use) => (
            <Checkbox key={use} value={use} label={t(`use.${use}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Fieldset legend={t('monthlyLimit')} m={0}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('monthlyLimitHint')}
          </Text>
          {textField('requests', t('limitRequests'))}
          {isChat && textField('tokens', t('limitTokens'))}
          {isChat && place.endpoint === null && textField('cost', t('limitCost'))}
        </Stack>
      </Fieldset>
      <MomentField
        label={t('expiresAt')}
        description={t('expiresAtHint')}
        value={form.expiresAt}
        error={mistakes.has('expiresAt') ? parts('halfMoment') : isRefused('expiresAt')}
        onChange={(expiresAt) => change({ expiresAt })}
        rightSection={
          <Clear
            field={t('expiresAt')}
            isEmpty={form.expiresAt === ''}
            onClear={() => change({ expiresAt: '' })}
          />
        }
      />
    </>
  );
}

interface ClearProps {
  readonly field: string;
  readonly isEmpty: boolean;
  readonly onClear: () => void;
}

/** Empties a field, which takes its limit away. */
function Clear({ field, isEmpty, onClear }: ClearProps): ReactNode {
  const t = useTranslations('keys');
  if (isEmpty) return null;
  return (
    <CloseButton ref={handOnAround} size="sm" aria-label={t('clearField', { field })} onClick={onClear} />
  );
}
