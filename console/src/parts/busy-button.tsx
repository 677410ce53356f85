import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { handOnAround } from './hand-on';

interface BusyButtonProps extends Omit<ButtonProps, 'loading' | 'disabled'> {
  readonly isBusy: boolean;
  readonly type?: 'submit';
  readonly onClick?: () => void;
}

/** A button that shows that it is at work, and does nothing more meanwhile. One that is disabled would lose the focus. */
export function BusyButton({ isBusy, onClick, ...others }: BusyButtonProps): ReactNode {
  return (
    <Button
      {...others}
      ref={handOnAround}
      loading={isBusy}
      renderRoot={(props: ComponentProps<'button'>) => (
        <button
          {...props}
          disabled={false}
          aria-disabled={isBusy}
          onClick={(event) => {
            // Nor is a form sent again.
            if (isBusy) event.preventDefault();
            else onClick?.();
          }}
        />
      )}
    />
  );
}
