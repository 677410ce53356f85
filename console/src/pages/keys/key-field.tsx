import { PasswordInput } from '@mantine/core';
import { type ReactNode, type RefObject, useState } from 'react';
import { useTranslations } from 'use-intl';

interface KeyFieldProps {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly error: string | boolean;
  readonly isSending: boolean;
  /** Whether a dialog begins here. */
  readonly isFirst: boolean;
}

/** What password managers and browsers go by: a key is none of the person's passwords. */
const kept = {
  autoComplete: 'off',
  autoCapitalize: 'off',
  autoCorrect: 'off',
  spellCheck: false,
  'data-1p-ignore': true,
  'data-bwignore': true,
  'data-lpignore': 'true',
  'data-form-type': 'other',
} as const;

/** The field that a key is pasted into. What is in it is in the element alone, and never in the state of the page. */
export function KeyField({ ref, error, isSending, isFirst }: KeyFieldProps): ReactNode {
  const t = useTranslations('keys');
  const [isVisible, setVisible] = useState(false);
  return (
    <PasswordInput
      ref={ref}
      {...kept}
      label={t('apiKey')}
      description={t('apiKeyHint')}
      error={error}
      required
      // The form says itself what is missing, in the language of the page.
      formNoValidate
      readOnly={isSending}
      visible={isVisible && !isSending}
      onVisibilityChange={setVisible}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': t('showKey') }}
      data-autofocus={isFirst || undefined}
      autoFocus={isFirst}
    />
  );
}
