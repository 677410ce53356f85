import type { ReactNode } from 'react';
import { DeleteKeyDialog, SwitchOffDialog } from './confirmations';
import { HistoryDialog } from './history-dialog';
import type { OpenDialog } from './keys-context';
import { LimitsDialog } from './limits-dialog';
import { RenameDialog } from './rename-dialog';
import { StoreKeyDialog } from './store-key-dialog';

interface KeyDialogsProps {
  readonly dialog: OpenDialog;
  readonly onClose: () => void;
}

export default function KeyDialogs({ dialog, onClose }: KeyDialogsProps): ReactNode {
  if (dialog.kind === 'HISTORY') return <HistoryDialog onClose={onClose} />;
  if (dialog.kind === 'ADD_ENDPOINT') return <StoreKeyDialog place={null} onClose={onClose} />;
  const { kind, place } = dialog;
  if (kind === 'STORE') return <StoreKeyDialog place={place} onClose={onClose} />;
  if (place.key === null) return null;
  const about = { place, apiKey: place.key, onClose };
  switch (kind) {
    case 'RENAME':
      return <RenameDialog {...about} />;
    case 'LIMITS':
      return <LimitsDialog {...about} />;
    case 'SWITCH_OFF':
      return <SwitchOffDialog {...about} />;
    case 'DELETE':
      return <DeleteKeyDialog {...about} />;
  }
}
