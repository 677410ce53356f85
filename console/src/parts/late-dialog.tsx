import { Alert, Button, Group, Text } from '@mantine/core';
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useHandOn } from './hand-on';
import { late, type Retry } from './late';
import styles from './late-dialog.module.css';

interface LateDialogProps {
  readonly onClose: () => void;
}

/** A dialog that is loaded when it is first opened. */
export function lateDialog<Props extends LateDialogProps>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): (props: Props) => ReactNode {
  const Part = late(load, { Failed: NotLoaded });

  return function LateDialog(props) {
    // React shows what it has waited for after 300 ms at the earliest: it is waited for before.
    const [isShown, setShown] = useState(Part.isLoaded);
    useEffect(() => {
      if (isShown) return;
      const show = (): void => setShown(true);
      Part.load().then(show, show);
    }, [isShown]);
    return isShown && <Part {...props} />;
  };
}

function NotLoaded({ onRetry, onClose }: LateDialogProps & Retry): ReactNode {
  const t = useTranslations('parts');
  const errors = useTranslations('errors');
  // The dialog gives the focus back to where it was when it opened: that is not in this notice.
  const [opener] = useState(() => ({ current: document.activeElement as HTMLElement | null }));
  const handOn = useHandOn(opener);
  return (
    <Alert color="red" role="alert" className={styles.failed ?? ''}>
      <Text size="sm" mb="xs">
        {t('notLoaded')}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" ref={handOn} onClick={onRetry}>
          {errors('retry')}
        </Button>
        <Button size="xs" variant="default" ref={handOn} onClick={onClose}>
          {t('cancel')}
        </Button>
      </Group>
    </Alert>
  );
}
