// What comes before anything else runs: a token in the address is taken out of it, and the rules on markup are set.
// Everything else is loaded after that and the first paint, so this file imports no package, and awaits nothing.
import { setColorsEarly } from './app/early-colors';
import { loadEarly, showEarly, showLost } from './app/early-parts';
import { noteLostStyles } from './app/early-styles';
import { tokenFromAddress } from './session/token-from-address';
import { allowOnlyStyles } from './trusted-types';

setColorsEarly();
noteLostStyles();
const token = tokenFromAddress();
// A link may be followed in a page that is open already.
window.addEventListener('hashchange', () => {
  const later = tokenFromAddress();
  if (later !== null) void import('./session/session').then(({ signInWith }) => signInWith(later));
});
allowOnlyStyles();

showEarly(token !== null);
afterPaint(() => {
  // To begin with each is work for itself, and for its scripts to run likewise.
  const early = soon().then(() => loadEarly(token !== null));
  void import('react-dom/client').catch(() => undefined);
  void import('./main')
    .then(({ start }) => start(token, early))
    .catch((error: unknown) => {
      // For those who look for the reason.
      reportError(error);
      showLost();
    });
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What is not seen is not painted either: a tab in the background does not wait. */
function afterPaint(work: () => void): void {
  if (document.hidden) work();
  else requestAnimationFrame(() => setTimeout(work));
}
