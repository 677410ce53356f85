/** Where Mantine keeps the choice: `light`, `dark` or `auto`. A preference, and no secret. */
const KEPT = 'mantine-color-scheme-value';

/** Sets the colours before anything is shown, so that they do not change before the eyes. Mantine goes on from there. */
export function setColorsEarly(): void {
  const chosen = read();
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = isDark ? 'dark' : 'light';
}

function read(): string | null {
  try {
    return window.localStorage.getItem(KEPT);
  } catch {
    // A browser may refuse its storage.
    return null;
  }
}
