import { Button, type ButtonProps, type PopoverDropdownProps, type PopoverProps } from '@mantine/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { lateDialog } from './late-dialog';

const load = () => import('./beside');
const Beside = lateDialog(load);
/** Before it is asked for: where that fails, it is said when it is. */
const loadEarly = (): void => void load().catch(() => undefined);

interface PanelButtonProps extends ButtonProps {
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly popover: PopoverProps;
  readonly panel: PopoverDropdownProps;
  /** What is in the panel, which may close it. */
  readonly content: (close: () => void) => ReactNode;
}

/**
 * A button that opens a panel beside it.
 *
 * What places the panel comes with the first opening. It is much to load; and it changes its state as soon as it is there,
 * which has React finish at once all that is shown with it.
 */
export function PanelButton({ popover, panel, content, ...button }: PanelButtonProps): ReactNode {
  const ownId = useId();
  const { id = ownId } = button;
  const place = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isMade, setMade] = useState(false);
  const close = (): void => setOpen(false);
  const toggle = (): void => {
    setMade(true);
    setOpen(!isOpen);
  };
  return (
    <>
      <Button
        {...button}
        ref={place}
        id={id}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-dropdown` : undefined}
        onClick={toggle}
        onFocus={loadEarly}
        onPointerEnter={loadEarly}
      />
      {isMade && (
        <Beside
          {...{ id, place, isOpen, popover }}
          panel={{ ...panel, children: content(close) }}
          onClose={close}
        />
      )}
    </>
  );
}
