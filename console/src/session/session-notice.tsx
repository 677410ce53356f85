import { Alert, Button, Group, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { goToProvider } from './open-id';
import { endSession, type Session } from './session';
import { at } from './timer';
import { useSession } from './use-session';

/** How long before the end, or a share of what is left: a token that is renewed never comes so close to it. */
const NOTICE_MS = 45_000;
const NOTICE_SHARE = 0.25;

/** Says in time that the session ends. The end itself is the server's to say: this clock may be wrong. */
export function SessionNotice(): ReactNode {
  const t = useTranslations('shell');
  const session = useSession();
  const expiresAt = session?.expiresAt ?? null;
  /** The end that is near. */
  const [nearEnd, setNearEnd] = useState<Date | null>(null);

  useEffect(() => {
    if (expiresAt === null) return;
    const end = expiresAt.getTime();
    const before = Math.min(NOTICE_MS, (end - Date.now()) * NOTICE_SHARE);
    return at(end - before, () => setNearEnd(expiresAt));
  }, [expiresAt]);

  if (expiresAt === null || nearEnd !== expiresAt) return null;
  return (
    <Alert color="yellow" mb="md" role="status">
      <Group justify="space-between">
        <Text size="sm">{t('sessionEnds', { time: expiresAt })}</Text>
        <Button size="xs" variant="default" onClick={() => void signInAgain(session)}>
          {t('signInAgain')}
        </Button>
      </Group>
    </Alert>
  );
}

/** At the provider where the person came from there, else on the page for it: what was typed stays. */
async function signInAgain(session: Session | null): Promise<void> {
  const end = (): void => endSession(session?.token);
  if (session?.renew) await goToProvider().catch(end);
  else end();
}
