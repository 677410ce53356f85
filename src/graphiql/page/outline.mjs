/** As much as a user reads here: GraphiQL has all of it. */
const MAX_LINES = 200;

/**
 * Data as lines of text, under the names that the query gave: `id alice`.
 *
 * @param {unknown} data
 * @returns {string}
 */
export function outline(data) {
  const lines = [...linesOf(data, '')];
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`… and ${lines.length - shown.length} more lines: see above`);
  return shown.join('\n');
}

/** @param {unknown} value @param {string} indent @returns {Generator<string>} */
function* linesOf(value, indent) {
  if (Array.isArray(value)) {
    for (const item of value) yield* isScalar(item) ? [`${indent}${text(item)}`] : linesOf(item, indent);
  } else if (isScalar(value)) {
    yield `${indent}${text(value)}`;
  } else {
    const entries = Object.entries(/** @type {object} */ (value));
    const scalars = entries.filter(([, inside]) => isScalar(inside) && !isLong(inside));
    if (scalars.length > 0) {
      yield indent + scalars.map(([name, inside]) => `${name} ${text(inside)}`).join(' · ');
    }
    for (const [name, inside] of entries) {
      if (isScalar(inside) && !isLong(inside)) continue;
      yield `${indent}${name}${isEmpty(inside) ? ': none' : ':'}`;
      yield* linesOf(inside, `${indent}  `);
    }
  }
}

/** @param {unknown} value */
const isScalar = (value) => typeof value !== 'object' || value === null;

/** @param {unknown} value A text that has lines of its own. */
const isLong = (value) => typeof value === 'string' && value.includes('\n');

/** @param {unknown} value */
const isEmpty = (value) => Array.isArray(value) && value.length === 0;

/** @param {unknown} value */
const text = (value) => (value === null ? '–' : String(value));
