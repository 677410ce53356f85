import type { Texts } from '../language/language-provider';
import { languages, preferredLanguage } from '../language/languages';
import { keptToken } from '../session/kept';
import { showFailure, showFirstFrame } from './first-frame';
import { isPageName, pageLoaders, type PageName } from './page-loaders';
import { settings } from './settings';

const hasSession = (hasToken: boolean): boolean => hasToken || keptToken() !== null;

function pageInAddress(): PageName {
  const [, , name] = window.location.pathname.split('/');
  return isPageName(name) ? name : 'keys';
}

/** Shows the frame of the page to a person who is signed in. @param hasToken whether one came with the address */
export function showEarly(hasToken: boolean): void {
  if (hasSession(hasToken)) showFirstFrame(pageInAddress(), preferredLanguage());
}

/**
 * Loads all that is shown first beside the page's own scripts, not one after the other: the texts, and what a person sees
 * who is signed in, or who is not. What fails to load says so where it is needed.
 *
 * @param hasToken whether one came with the address
 * @returns the texts, once all of it is there
 */
export async function loadEarly(hasToken: boolean): Promise<Texts> {
  const language = preferredLanguage();
  const maySignIn = hasSession(hasToken) || settings.signIn !== null;
  const part = maySignIn ? pageLoaders[pageInAddress()]() : import('../session/sign-in-page');
  const [messages] = await Promise.all([languages[language].load(), Promise.allSettled([part])]);
  return { language, messages };
}

/** Says that something of this could not be loaded. */
export const showLost = (): void => showFailure(preferredLanguage());
