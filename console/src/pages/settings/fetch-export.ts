/** How far an export has come. */
export interface ExportProgress {
  readonly bytes: number;
}

/** What came of it. */
export type Export =
  | { readonly isComplete: true; readonly content: Blob; readonly lines: number }
  /** The server, or the way to it, broke off. */
  | { readonly isComplete: false };

/** Browsers may keep a Blob on the disk, and so more than the memory of a page holds. */
const FOLDED_BYTES = 4_000_000;

/**
 * Fetches all that is kept of a person: JSON lines, of which the last one says how many came before it.
 *
 * @throws what `failureOf` reads where the server refuses; the signal's reason where it is aborted
 */
export async function fetchExport(
  token: string,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<Export> {
  const response = await fetch('/export', { headers: { authorization: `Bearer ${token}` }, signal });
  if (!response.ok) throw Object.assign(new Error(response.statusText), { bodyText: await response.text() });
  let parts: BlobPart[] = [];
  let bytes = 0;
  let folded = 0;
  try {
    // Not every browser iterates over a stream.
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      bytes += part.value.length;
      if (bytes - folded >= FOLDED_BYTES) {
        parts = [new Blob(parts)];
        folded = bytes;
      }
      onProgress({ bytes });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return { isComplete: false };
  }
  const content = new Blob(parts, { type: 'application/jsonl' });
  const lines = countOf(await lastLineOf(content));
  return lines === null ? { isComplete: false } : { isComplete: true, content, lines };
}

/** The last line is short: `{"type":"end","lines":12}`. */
const LAST_LINE_BYTES = 200;

async function lastLineOf(content: Blob): Promise<string> {
  const end = await content.slice(-LAST_LINE_BYTES).text();
  return end.trimEnd().split('\n').at(-1) ?? '';
}

/** @returns how many lines there are before the last one; null where that is none of an export's end */
export function countOf(lastLine: string): number | null {
  try {
    const { type, lines } = Object(JSON.parse(lastLine)) as { type?: unknown; lines?: unknown };
    return type === 'end' && typeof lines === 'number' ? lines : null;
  } catch {
    return null;
  }
}
