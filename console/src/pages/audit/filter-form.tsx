import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { handOnAround } from '../../parts/hand-on';
import type { Names } from '../../parts/use-names';
import { type ChosenFilter, isId, noFilter } from './audit-filter';
import styles from './audit.module.css';
import { KindsField } from './kinds-field';
import { TimeField } from './time-field';

/** The id of the field that narrows the trail to one chat. */
export const CHAT_FIELD = 'audit-chat';

interface FilterFormProps {
  readonly chosen: ChosenFilter;
  readonly change: (change: Partial<ChosenFilter>) => void;
  readonly names: Names;
}

/** Which events are shown. Each change takes effect at once. */
export function FilterForm({ chosen, change, names }: FilterFormProps): ReactNode {
  const t = useTranslations('audit');
  const isFiltered = Object.values(chosen).some((value: string | readonly string[]) => value.length > 0);
  const keys = names.keys.map(({ id, provider, status }) => ({
    value: id,
    label: t('keyOption', { name: names.key(id), provider: names.provider(provider), status }),
  }));
  if (chosen.key !== '' && !keys.some(({ value }) => value === chosen.key))
    keys.push({ value: chosen.key, label: names.key(chosen.key) });
  return (
    <form className={styles.form} onSubmit={(event) => event.preventDefault()} aria-label={t('filter')}>
      <KindsField chosen={chosen.kinds} onChange={(kinds) => change({ kinds })} />
      <NativeSelect
        label={t('provider')}
        value={chosen.provider}
        data={[{ value: '', label: t('anyProvider') }, ...providerOptions(names, chosen.provider)]}
        onChange={(event) => change({ provider: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('key')}
        value={chosen.key}
        data={[{ value: '', label: t('anyKey') }, ...keys]}
        onChange={(event) => change({ key: event.currentTarget.value })}
      />
      <ChatField chat={chosen.chat} onChange={(chat) => change({ chat })} />
      {(['from', 'to'] as const).map((name) => (
        <TimeField
          key={name}
          label={t(name)}
          moment={chosen[name]}
          onChange={(moment) => change({ [name]: moment })}
        />
      ))}
      {isFiltered && (
        <Button variant="subtle" ref={handOnAround} onClick={() => change(noFilter)}>
          {t('clear')}
        </Button>
      )}
    </form>
  );
}

function providerOptions(names: Names, chosen: string): { value: string; label: string }[] {
  const ids =
    names.providers.includes(chosen) || chosen === '' ? names.providers : [...names.providers, chosen];
  return ids.map((value) => ({ value, label: names.provider(value) }));
}

interface ChatFieldProps {
  readonly chat: string;
  readonly onChange: (chat: string) => void;
}

/** What is typed counts once it is an id. */
function ChatField({ chat, onChange }: ChatFieldProps): ReactNode {
  const t = useTranslations('audit');
  const [typed, setTyped] = useState({ chat, text: chat });
  const [isLeft, setLeft] = useState(false);
  const text = typed.chat === chat ? typed.text : chat;
  const change = (value: string): void => {
    const id = value.trim();
    const next = id === '' || isId(id) ? id : chat;
    setTyped({ chat: next, text: value });
    if (next !== chat) onChange(next);
  };
  const isMistaken = isLeft && text.trim() !== '' && !isId(text.trim());
  return (
    <TextInput
      id={CHAT_FIELD}
      label={t('chat')}
      placeholder={t('chatHint')}
      value={text}
      error={isMistaken ? t('noChat') : null}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
      onFocus={() => setLeft(false)}
      onBlur={() => setLeft(true)}
    />
  );
}
