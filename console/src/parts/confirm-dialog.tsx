import { Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog';
import { DialogButtons } from './dialog-buttons';
import { FailureNotice } from './failure-notice';

interface ConfirmDialogProps {
  readonly title: string;
  /** What happens then, and whether it can be undone. */
  readonly children: ReactNode;
  /** What the button does, as a verb: never "OK". */
  readonly action: string;
  /** Left out: it destroys something. */
  readonly isHarmless?: boolean;
  /** Does it. What it throws is shown, and the dialog stays. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  readonly returnTo?: readonly string[];
}

/** Asks before something is done. It closes when that is done. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { title, children, action, isHarmless = false, onConfirm, onClose, returnTo = [] } = props;
  const [isDoing, setDoing] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function confirm(): Promise<void> {
    setDoing(true);
    setFailure(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFailure(error);
      setDoing(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose} isBusy={isDoing} returnTo={returnTo}>
      <Stack>
        {children}
        {failure !== null && <FailureNotice error={failure} />}
        <DialogButtons
          action={action}
          isHarmful={!isHarmless}
          isBusy={isDoing}
          onAction={() => void confirm()}
          onClose={onClose}
        />
      </Stack>
    </Dialog>
  );
}
