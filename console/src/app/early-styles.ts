const lost = new Set<HTMLLinkElement>();

/** Notes the style sheets that do not come: what loads them with their part of the page asks for each of them once. */
export function noteLostStyles(): void {
  const note = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lost.add(target);
  };
  // The event does not bubble.
  document.addEventListener('error', note, { capture: true });
}

/** Asks again for those that did not come. @throws where one is lost again */
export async function restoreStyles(): Promise<void> {
  await Promise.all([...lost].map(restore));
}

function restore(link: HTMLLinkElement): Promise<void> {
  lost.delete(link);
  const next = link.cloneNode() as HTMLLinkElement;
  return new Promise((resolve, reject) => {
    next.addEventListener('load', () => resolve());
    next.addEventListener('error', () => reject(new Error('A style sheet could not be loaded.')));
    link.replaceWith(next);
  });
}
