import { flushSync } from 'react-dom';

/**
 * Shows what is wrong with a form, and takes the focus to the first field that is not as it should be: what is said of it is
 * read out then, and is in sight.
 *
 * @param show sets the state that says so
 */
export function showMistakes(form: HTMLFormElement, show: () => void): void {
  flushSync(show);
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
