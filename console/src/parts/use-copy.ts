import copyText from 'copy-to-clipboard';
import { useEffect, useState } from 'react';

/** How long a button says that it has copied. */
const SAID_MS = 2_000;

/** Copies a text; without TLS, too, where a browser has no clipboard for scripts. */
export function useCopy(): { readonly isCopied: boolean; readonly copy: (text: string) => void } {
  /** How often it has copied; 0: not lately. */
  const [copied, setCopied] = useState(0);
  useEffect(() => {
    if (copied === 0) return;
    const timer = setTimeout(() => setCopied(0), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string): void =>
    void copyText(text).then((isDone) => setCopied((before) => (isDone ? before + 1 : 0)));
  return { isCopied: copied > 0, copy };
}
