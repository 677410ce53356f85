import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './dialog.module.css';
import { useReturnedFocus } from './returned-focus';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly size?: NonNullable<ModalProps['size']>;
  /** Whether what it has sent is on its way: it stays until the outcome is known, and can be told. */
  readonly isBusy?: boolean;
  /** Ids of what is focused afterwards, the first that is there, where what opened it is gone. */
  readonly returnTo?: readonly string[];
}

/**
 * A dialog that is open for as long as it is rendered: what it holds is gone from the page at once when it closes. The
 * focus goes back to where it came from.
 */
export function Dialog(props: DialogProps): ReactNode {
  const { title, onClose, children, size = 'md', isBusy = false, returnTo = [] } = props;
  const t = useTranslations('shell');
  useReturnedFocus(returnTo);
  return (
    <Modal
      opened
      onClose={isBusy ? () => undefined : onClose}
      title={title}
      size={size}
      classNames={{ title: styles.title ?? '' }}
      // What was typed, or is shown this once, is not lost by a slip.
      closeOnClickOutside={false}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': t('close') }}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  );
}
