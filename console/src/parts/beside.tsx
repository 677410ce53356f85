import { Popover, type PopoverDropdownProps, type PopoverProps } from '@mantine/core';
import { type ReactNode, type Ref, type RefObject, useImperativeHandle } from 'react';
import { useShownLater } from './use-gradually';

export interface BesideProps {
  readonly id: string;
  readonly place: RefObject<HTMLElement | null>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly popover: PopoverProps;
  readonly panel: PopoverDropdownProps;
}

/** A panel beside an element that is there already. */
export default function Beside({ id, place, isOpen, onClose, popover, panel }: BesideProps): ReactNode {
  // It notes where the focus was when it opens, and not when it is made.
  const opened = useShownLater(isOpen);
  return (
    <Popover
      withinPortal={false}
      trapFocus
      returnFocus
      {...popover}
      id={id}
      opened={opened}
      onChange={(isOpened) => !isOpened && onClose()}
    >
      <Popover.Target>
        <Place place={place} />
      </Popover.Target>
      <Popover.Dropdown {...panel} />
    </Popover>
  );
}

interface PlaceProps {
  readonly place: RefObject<HTMLElement | null>;
  readonly ref?: Ref<HTMLElement | null>;
}

/** Stands for the element. */
function Place({ place, ref }: PlaceProps): ReactNode {
  useImperativeHandle<HTMLElement | null, HTMLElement | null>(ref, () => place.current, [place]);
  return null;
}
