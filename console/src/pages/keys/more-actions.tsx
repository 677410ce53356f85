import { Button, Divider } from '@mantine/core';
import { ChevronDown, Gauge, type LucideIcon, PencilLine, Power, PowerOff, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { PanelButton } from '../../parts/panel-button';
import { type OpenDialog, useKeysPage } from './keys-context';
import type { Place } from './places';
import styles from './key-card.module.css';
import { useSwitchOn } from './use-switch-on';
import { usePlaceName } from './use-words';

interface MoreActionsProps {
  readonly place: Place;
  readonly isOn: boolean;
  readonly onFailure: (failure: unknown) => void;
}

type Kind = Extract<OpenDialog, { place: Place }>['kind'];

/** What is done with a key now and then. */
export function MoreActions({ place, isOn, onFailure }: MoreActionsProps): ReactNode {
  const t = useTranslations('keys');
  const { open } = useKeysPage();
  const provider = usePlaceName()(place);
  const switchOn = useSwitchOn(place, onFailure);
  const id = `${place.id}-more`;
  const name = t('actionOf', { action: t('more'), provider });
  const choices = (close: () => void): ReactNode => {
    const choose = (kind: Kind) => (): void => {
      close();
      open({ kind, place });
    };
    const turnOn = (): void => {
      close();
      document.getElementById(id)?.focus();
      void switchOn();
    };
    return (
      <>
        <Choice Icon={PencilLine} onChoose={choose('RENAME')}>
          {t('rename')}
        </Choice>
        <Choice Icon={Gauge} onChoose={choose('LIMITS')}>
          {t('limits')}
        </Choice>
        {isOn ? (
          <Choice Icon={PowerOff} onChoose={choose('SWITCH_OFF')}>
            {t('switchOff')}
          </Choice>
        ) : (
          <Choice Icon={Power} onChoose={turnOn}>
            {t('switchOn')}
          </Choice>
        )}
        <Divider my={4} />
        <Choice Icon={Trash2} onChoose={choose('DELETE')} isDangerous>
          {t('delete')}
        </Choice>
      </>
    );
  };
  return (
    <PanelButton
      id={id}
      size="xs"
      variant="default"
      rightSection={<ChevronDown size={15} aria-hidden />}
      aria-label={name}
      popover={{ position: 'bottom-end', transitionProps: { duration: 0 } }}
      panel={{ p: 4, 'aria-label': name }}
      content={choices}
    >
      {t('more')}
    </PanelButton>
  );
}

interface ChoiceProps {
  readonly Icon: LucideIcon;
  readonly onChoose: () => void;
  readonly isDangerous?: boolean;
  readonly children: ReactNode;
}

function Choice({ Icon, onChoose, isDangerous = false, children }: ChoiceProps): ReactNode {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="sm"
      fw={400}
      fullWidth
      justify="flex-start"
      className={isDangerous ? styles.dangerous : styles.choice}
      leftSection={<Icon size={16} aria-hidden />}
      onClick={onChoose}
    >
      {children}
    </Button>
  );
}
