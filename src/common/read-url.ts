/**
 * Not `URL.canParse`: Node 20's takes a text for no address that has characters beyond ASCII, once it was called a few
 * thousand times.
 *
 * @returns null for what is no address
 */
export function readUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
