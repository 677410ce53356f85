import { ActionIcon, Tooltip } from '@mantine/core';
import { Paperclip } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ACCEPTED } from './attach-file';

interface AttachButtonProps {
  readonly onAdd: (files: readonly File[]) => void;
  readonly isDisabled: boolean;
}

export function AttachButton({ onAdd, isDisabled }: AttachButtonProps): ReactNode {
  const t = useTranslations('try');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        data-attach
        onChange={({ currentTarget }) => {
          onAdd([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
      <Tooltip label={t('attach')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('attach')}
          disabled={isDisabled}
          onClick={() => input.current?.click()}
        >
          <Paperclip size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
