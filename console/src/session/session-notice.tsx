import { Alert, Button, CloseButton, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { goToProvider } from './open-id';
import { endSession, type Session } from './session';
import styles from './session-notice.module.css';
import { at } from './timer';
import { useSession } from './use-session';

/** How long before the end, or a share of what is left: a token that is renewed never comes so close to it. */
const NOTICE_MS = 45_000;
const NOTICE_SHARE = 0.25;

/** How an end stands that this browser's clock has come to, or comes to soon. */
interface End {
  readonly of: Date;
  readonly isOver: boolean;
}

/**
 * Says in time that the session ends. The end itself is the server's to say: this clock may be wrong. It moves nothing,
 * and what it may cover on a phone can be had by hiding it.
 */
export function SessionNotice(): ReactNode {
  const t = useTranslations('shell');
  const session = useSession();
  const expiresAt = session?.expiresAt ?? null;
  const [end, setEnd] = useState<End | null>(null);

  useEffect(() => {
    if (expiresAt === null) return;
    const time = expiresAt.getTime();
    const before = Math.min(NOTICE_MS, (time - Date.now()) * NOTICE_SHARE);
    const stops = [
      at(time - before, () => setEnd({ of: expiresAt, isOver: Date.now() >= time })),
      at(time, () => setEnd({ of: expiresAt, isOver: true })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [expiresAt]);

  const hide = (): void => {
    document.getElementById('page')?.focus({ preventScroll: true });
    setEnd(null);
  };
  if (end === null) return null;
  if (end.of !== expiresAt) return null;
  return (
    <div className={styles.place}>
      <Alert color="yellow" role="status" className={styles.notice ?? ''}>
        <Text size="sm">{end.isOver ? t('sessionOver') : t('sessionEnds', { time: end.of })}</Text>
        <div className={styles.tools}>
          <Button size="xs" variant="default" onClick={() => void signInAgain(session)}>
            {t('signInAgain')}
          </Button>
          <CloseButton aria-label={t('hideNotice')} onClick={hide} />
        </div>
      </Alert>
    </div>
  );
}

/** At the provider where the person came from there, else on the page for it: what was typed stays. */
async function signInAgain(session: Session | null): Promise<void> {
  const end = (): void => endSession(session?.token);
  if (session?.renew) await goToProvider().catch(end);
  else end();
}
