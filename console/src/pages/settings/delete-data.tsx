import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { lateDialog } from '../../parts/late-dialog';
import { Section } from './section';

/** Loaded when it is opened. */
const DeleteDataDialog = lateDialog(() => import('./delete-data-dialog'));

const DELETE_BUTTON = 'delete-my-data';

/** Deletes all that is kept of the person, and signs them out. */
export function DeleteData(): ReactNode {
  const t = useTranslations('settings');
  const [isOpen, setOpen] = useState(false);
  return (
    <Section id="delete-data" title={t('delete')} text={t('deleteText')} isDangerous>
      <Text size="sm">{t('deleteStays')}</Text>
      <Group>
        <Button id={DELETE_BUTTON} color="red" variant="default" onClick={() => setOpen(true)}>
          {t('deleteStart')}
        </Button>
      </Group>
      {isOpen && <DeleteDataDialog onClose={() => setOpen(false)} returnTo={[DELETE_BUTTON]} />}
    </Section>
  );
}
