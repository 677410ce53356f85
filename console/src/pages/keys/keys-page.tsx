import { Button, Stack } from '@mantine/core';
import { History } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Announcer } from '../../parts/announce';
import { FailureNotice } from '../../parts/failure-notice';
import { lateDialog } from '../../parts/late-dialog';
import { PageHeader } from '../../parts/page-header';
import { useShownLater } from '../../parts/use-gradually';
import { KeySections, LoadingSections } from './key-sections';
import { type Found, KeysContext, type OpenDialog } from './keys-context';
import type { Places } from './places';
import { ResolutionSummary } from './resolution-summary';
import { useKeys } from './use-keys';

const KeyDialogs = lateDialog(() => import('./key-dialogs'));

export default function KeysPage(): ReactNode {
  const t = useTranslations('keys');
  const { places, failure, refresh } = useKeys();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const isShown = useShownLater(places !== null);
  return (
    <Announcer>
      <Stack gap="xl">
        <PageHeader page="keys">
          {places && (
            <Button
              id="key-history"
              variant="default"
              leftSection={<History size={16} aria-hidden />}
              onClick={() => setDialog({ kind: 'HISTORY' })}
            >
              {t('history')}
            </Button>
          )}
        </PageHeader>
        {failure !== null && <FailureNotice error={failure} onRetry={() => void refresh()} />}
        {places && isShown ? (
          <LoadedKeys places={places} refresh={refresh} dialog={dialog} open={setDialog} />
        ) : (
          failure === null && <LoadingSections />
        )}
      </Stack>
    </Announcer>
  );
}

interface LoadedKeysProps {
  readonly places: Places;
  readonly refresh: () => Promise<boolean>;
  readonly dialog: OpenDialog | null;
  readonly open: (dialog: OpenDialog | null) => void;
}

function LoadedKeys({ places, refresh, dialog, open }: LoadedKeysProps): ReactNode {
  const [found, show] = useState<Found | null>(null);
  const state = useMemo(() => ({ places, refresh, open, found, show }), [places, refresh, open, found]);
  return (
    <KeysContext value={state}>
      <ResolutionSummary />
      <KeySections places={places} />
      {dialog && <KeyDialogs dialog={dialog} onClose={() => open(null)} />}
    </KeysContext>
  );
}
