import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { BusyButton } from './busy-button';

interface DialogButtonsProps {
  /** What the dialog is for, as a verb: never "OK". */
  readonly action: string;
  /** Does it. Left out: that is sent with the form around. */
  readonly onAction?: () => void;
  /** Whether it destroys something. */
  readonly isHarmful?: boolean;
  /** Whether it is on its way: until the outcome is known, there is neither a way on nor back. */
  readonly isBusy: boolean;
  readonly onClose: () => void;
}

/** How a dialog is left: with what it is for, or without. */
export function DialogButtons(props: DialogButtonsProps): ReactNode {
  const { action, onAction, isHarmful = false, isBusy, onClose } = props;
  const t = useTranslations('parts');
  return (
    <Group justify="flex-end">
      <Button variant="default" disabled={isBusy} onClick={onClose}>
        {t('cancel')}
      </Button>
      <BusyButton
        isBusy={isBusy}
        {...(isHarmful && { color: 'red' })}
        {...(onAction ? { onClick: onAction } : { type: 'submit' })}
      >
        {action}
      </BusyButton>
    </Group>
  );
}
