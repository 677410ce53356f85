import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { fromLocalTime, toLocalTime } from '../../parts/local-time';

/** Years before are on the way to the one that is being typed: 2, 20 and 202 come before 2026. */
const FIRST_YEAR = 1970;

interface TimeFieldProps {
  readonly label: string;
  /** As the API has it; empty: none. */
  readonly moment: string;
  readonly onChange: (moment: string) => void;
}

/** What is typed counts once it may be meant, or the field is left. Until then it stays as it is typed. */
export function TimeField({ label, moment, onChange }: TimeFieldProps): ReactNode {
  const [typed, setTyped] = useState({ moment, text: toLocalTime(moment) });
  const text = typed.moment === moment ? typed.text : toLocalTime(moment);
  const show = (next: string, shown: string): void => {
    setTyped({ moment: next, text: shown });
    if (next !== moment) onChange(next);
  };
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={text}
      onChange={({ currentTarget: { value, validity } }) => {
        const next = fromLocalTime(value) ?? '';
        const isMeant = next === '' ? !validity.badInput : new Date(next).getFullYear() >= FIRST_YEAR;
        show(isMeant ? next : moment, value);
      }}
      onBlur={() => show(fromLocalTime(text) ?? '', text)}
    />
  );
}
