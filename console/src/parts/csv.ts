/** What a cell may hold. Null is an empty one. */
export type CsvCell = string | number | null;

/**
 * Rows as comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula is made a text for it, too.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export const toCsv = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('');

const NEEDS_QUOTES = /[",\r\n]/;
/** Spreadsheets of some languages take the wide forms for the same. */
const IS_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function toField(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = IS_FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
