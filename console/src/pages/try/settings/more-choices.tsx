import { Button, Collapse, Stack, TextInput } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './settings.module.css';
import type { SettingsProps } from './settings-panel';

/** What few people set. */
export function MoreChoices({ held, services: { choices } }: SettingsProps): ReactNode {
  const t = useTranslations('try');
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        rightSection={<ChevronDown size={14} aria-hidden data-turned={isOpen} className={styles.arrow} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {t('more')}
      </Button>
      <Collapse expanded={isOpen} id={id}>
        <Stack gap="sm" pt="xs">
          <TextInput
            type="number"
            label={t('maxOutputTokens')}
            placeholder={t('modelDecides')}
            min={1}
            value={choices.maxOutputTokens}
            onChange={({ currentTarget }) => held.change({ maxOutputTokens: currentTarget.value })}
          />
          <TextInput
            type="number"
            label={t('temperature')}
            placeholder={t('modelDecides')}
            min={0}
            max={2}
            step={0.1}
            value={choices.temperature}
            onChange={({ currentTarget }) => held.change({ temperature: currentTarget.value })}
          />
        </Stack>
      </Collapse>
    </div>
  );
}
