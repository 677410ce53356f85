/**
 * Keeps what is read where it is when rows come on top: the first row that can be seen stays in its place. Where the
 * list's beginning is in sight, and nobody reads in it, new rows are to be seen.
 */
export class HeldScroll {
  #body: HTMLElement | null = null;
  #anchor: { readonly id: string; readonly top: number } | null = null;

  /** @param body of the table whose rows have `data-event` */
  readonly attach = (body: HTMLElement | null): void => {
    this.#body = body;
  };

  /** Called before rows are added. */
  readonly hold = (): void => {
    this.#anchor = this.#body && isRead(this.#body) ? firstInSight(this.#body) : null;
  };

  /** Called when they have been added, before they are shown. */
  readonly settle = (): void => {
    const held = this.#anchor;
    this.#anchor = null;
    const row = held && this.#body?.querySelector(`[data-event="${held.id}"]`);
    if (row) window.scrollBy({ top: row.getBoundingClientRect().top - held.top, behavior: 'instant' });
  };
}

const isRead = (body: HTMLElement): boolean =>
  body.getBoundingClientRect().top < 0 ||
  body.contains(document.activeElement) ||
  body.querySelector('[aria-expanded=true]') !== null;

function firstInSight(body: HTMLElement): { id: string; top: number } | null {
  for (const row of body.querySelectorAll<HTMLElement>('[data-event]')) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > 0) return { id: row.dataset.event ?? '', top };
  }
  return null;
}
