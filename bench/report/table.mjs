/** @typedef {import('./figures.mjs').Row} Row */

const HEADINGS = ['case', 'who', 'what', 'median', 'ratio', 'rounds', 'goal', 'note'];
const NUMBERS = ['median', 'ratio', 'rounds'];

/** @param {number | null} value */
const number = (value) => (value === null ? '–' : value.toLocaleString('en'));

/** @param {Row} row @param {number} index @param {readonly Row[]} rows */
const cells = (row, index, rows) => [
  rows[index - 1]?.case === row.case ? '' : row.case,
  row.subject,
  row.measure,
  number(row.median),
  row.ratio === null ? '' : `${number(row.ratio)} ×`,
  row.rounds.length > 0 ? String(row.rounds.length) : '',
  row.goal,
  row.note,
];

/** For a terminal. @param {readonly Row[]} rows */
export function textTable(rows) {
  const lines = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return NUMBERS.includes(HEADINGS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * For a document.
 *
 * @param {readonly string[]} headings
 * @param {readonly (readonly string[])[]} lines
 * @param {readonly string[]} [numbers] which of the headings stand over numbers
 */
export const markdownTable = (headings, lines, numbers = []) =>
  [headings, headings.map((heading) => (numbers.includes(heading) ? '--:' : '---')), ...lines]
    .map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** @param {readonly Row[]} rows */
export const markdownRows = (rows) => markdownTable(HEADINGS, rows.map(cells), NUMBERS);
