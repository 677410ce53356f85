/** Names the page in the browser's tab and history. @param page in the language that is shown */
export function showTitle(page: string): void {
  document.title = `${page} · Keystream`;
}
