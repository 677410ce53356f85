/** Runs in the browser: counts how often a text is new in a live region, in `said`. */
export function countSaid(text: string): void {
  const page = globalThis as any;
  const { document, MutationObserver } = page;
  let count = 0;
  page.said = count;
  new MutationObserver((records: { target: any; addedNodes: any[] }[]) => {
    for (const { target, addedNodes } of records)
      if (target.parentElement?.closest('[role=status]') || target.closest?.('[role=status]'))
        for (const node of addedNodes) if (node.textContent.includes(text)) page.said = count += 1;
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
