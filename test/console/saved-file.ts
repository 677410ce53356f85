import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** A file that a page has the browser save. */
export interface SavedFile {
  readonly name: string;
  readonly text: string;
  /** Its lines, by the names in the first one. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** @param action what has it saved */
export async function saved(page: Page, action: () => Promise<void>): Promise<SavedFile> {
  const [download] = await Promise.all([page.waitForEvent('download'), action()]);
  const text = await readFile(await download.path(), 'utf8');
  const [heading = [], ...lines] = parseCsv(text);
  const rows = lines.map((cells) =>
    Object.fromEntries(heading.map((name, index) => [name, cells[index] ?? ''])),
  );
  return { name: download.suggestedFilename(), text, rows };
}

/** As RFC 4180 has it: every line ends with CRLF, and a field with quotes around it may hold anything. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = FIELD.exec(text); match; match = FIELD.exec(text)) {
    const [, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  if (rows.flat().length === 0 || FIELD.lastIndex !== 0)
    throw new Error(`This is no CSV: ${text.slice(-200)}`);
  return rows;
}
