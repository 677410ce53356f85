import { CloseButton, Paper, Text } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './announce.module.css';
import { handOnAround } from './hand-on';
import { LiveText } from './live-text';

type Announce = (message: string) => void;

const AnnounceContext = createContext<Announce | null>(null);

/** Says what has happened, to everybody: the message is shown for a while, and read aloud at the next pause. */
export function useAnnounce(): Announce {
  const announce = useContext(AnnounceContext);
  if (announce === null) throw new Error('useAnnounce needs an Announcer around it.');
  return announce;
}

/** Long enough to read it twice; what it says is to be seen on the page, too. */
const SHOWN_MS = 10_000;

interface Message {
  readonly text: string;
  readonly number: number;
}

/** The live region of a page. It is there before its first message: a region that comes with one is not read. */
export function Announcer({ children }: { readonly children: ReactNode }): ReactNode {
  const t = useTranslations('shell');
  const [message, setMessage] = useState<Message | null>(null);
  const [isHeld, setHeld] = useState(false);
  const announce = useCallback(
    (text: string) => setMessage((before) => ({ text, number: (before?.number ?? 0) + 1 })),
    [],
  );
  const close = (): void => {
    setMessage(null);
    // What is removed says nothing of its losing the focus.
    setHeld(false);
  };

  useEffect(() => {
    if (message === null || isHeld) return;
    const timer = setTimeout(() => setMessage(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message, isHeld]);

  return (
    <AnnounceContext value={announce}>
      {children}
      <div
        className={styles.place}
        onMouseEnter={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        <div role="status">
          {message && (
            <Paper withBorder shadow="md" radius="md" className={styles.message}>
              <Text size="sm">
                <LiveText id={message.number}>{message.text}</LiveText>
              </Text>
              <CloseButton ref={handOnAround} aria-label={t('close')} onClick={close} />
            </Paper>
          )}
        </div>
      </div>
    </AnnounceContext>
  );
}
