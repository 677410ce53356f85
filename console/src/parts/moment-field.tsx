import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { toLocalTime } from './local-time';

interface MomentFieldProps {
  readonly label: string;
  readonly description?: string;
  /** As the field has it (local-time.ts). */
  readonly value: string;
  readonly error: ReactNode;
  readonly onChange: (value: string) => void;
  readonly rightSection?: ReactNode;
}

/** A moment to come, in the time of the place. */
export function MomentField({ value, onChange, ...others }: MomentFieldProps): ReactNode {
  return (
    <TextInput
      type="datetime-local"
      min={toLocalTime(new Date().toISOString())}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...others}
    />
  );
}

/** Whether a moment in a form is half entered. Its field holds no text then, as if it were empty. */
export const hasHalfMoment = (form: HTMLFormElement): boolean =>
  [...form.elements].some((field) => field instanceof HTMLInputElement && field.validity.badInput);
