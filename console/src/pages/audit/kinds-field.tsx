import { Checkbox, Input, Stack } from '@mantine/core';
import { ChevronsUpDown } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTranslations } from 'use-intl';
import { PanelButton } from '../../parts/panel-button';
import { kinds } from './audit-filter';
import styles from './audit.module.css';
import { useKindName } from './use-kind-name';

interface KindsFieldProps {
  readonly chosen: readonly string[];
  readonly onChange: (kinds: readonly string[]) => void;
}

/** Chooses any number of kinds of events; none: all of them. */
export function KindsField({ chosen, onChange }: KindsFieldProps): ReactNode {
  const t = useTranslations('audit');
  const nameOf = useKindName();
  const id = useId();
  const shown =
    chosen.length === 0
      ? t('anyKind')
      : chosen.length === 1
        ? nameOf(chosen[0] ?? '')
        : t('someKinds', { count: chosen.length });
  return (
    <div>
      <Input.Label id={id} component="span">
        {t('kinds')}
      </Input.Label>
      <PanelButton
        fullWidth
        variant="default"
        justify="space-between"
        className={styles.kinds}
        rightSection={<ChevronsUpDown size={14} aria-hidden />}
        aria-label={`${t('kinds')}: ${shown}`}
        popover={{ position: 'bottom-start' }}
        panel={{ 'aria-labelledby': id }}
        content={() => (
          <Checkbox.Group value={[...chosen]} onChange={onChange} aria-labelledby={id}>
            <Stack gap="xs">
              {kinds.map((kind) => (
                <Checkbox key={kind} value={kind} label={nameOf(kind)} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
      >
        {shown}
      </PanelButton>
    </div>
  );
}
