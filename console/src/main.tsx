import './app/styles';
import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { settings } from './app/settings';
import type { Texts } from './language/language-provider';
import { resumeOpenId } from './session/open-id';
import { currentSession, noteFailedSignIn, resumeSession, signInWith } from './session/session';

/**
 * @param token that came with the address, outside production
 * @param early what is shown first: nothing takes the place of the first frame before it is there
 */
export async function start(token: string | null, early: Promise<Texts>): Promise<void> {
  if (token === null) resumeSession();
  else signInWith(token);
  if (currentSession() === null && settings.signIn) {
    const problem = await resumeOpenId().catch((error: unknown) => error);
    if (problem !== null) noteFailedSignIn();
  }
  const texts = await early;
  const root = document.getElementById('console');
  if (!root) return;
  // A transition is made in short pieces: until it is done, the first frame stays, and answers to the person.
  startTransition(() => createRoot(root).render(<App texts={texts} />));
}
