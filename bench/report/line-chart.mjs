const SIZE = { width: 720, height: 400 };
const MARGIN = { top: 44, right: 190, bottom: 52, left: 64 };
/** That people who see colours differently can tell apart (Okabe and Ito). */
const COLOURS = ['#000000', '#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const TICKS = 5;

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {readonly (readonly [x: number, y: number])[]} points
 *
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} x what the horizontal axis shows, with its unit
 * @property {string} y
 * @property {readonly Series[]} series
 *
 * @typedef {object} Curve how the cost of a delta grows
 * @property {string} name of its file in docs/images
 * @property {string} title
 * @property {string} x
 * @property {Series[]} series µs of CPU a delta
 */

/** Lines over a logarithmic horizontal axis, whose values are those measured. @param {Chart} chart @returns {string} SVG */
export function lineChart({ title, x, y, series }) {
  const values = [...new Set(series.flatMap(({ points }) => points.map(([value]) => value)))].sort(
    (one, other) => one - other,
  );
  const top = roundUp(Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value))));
  const across = scale(
    Math.log(values[0] ?? 1),
    Math.log(values.at(-1) ?? 2),
    MARGIN.left,
    SIZE.width - MARGIN.right,
  );
  const up = scale(0, top, SIZE.height - MARGIN.bottom, MARGIN.top);
  const place = { across: (/** @type {number} */ value) => across(Math.log(value)), up };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(MARGIN.left, 24, title, 'font-size="15" font-weight="bold"'),
    ...Array.from({ length: TICKS + 1 }, (_, index) => horizontal((top * index) / TICKS, place)),
    ...values.map((value) =>
      text(place.across(value), SIZE.height - MARGIN.bottom + 18, label(value), 'text-anchor="middle"'),
    ),
    text((MARGIN.left + SIZE.width - MARGIN.right) / 2, SIZE.height - 12, x, 'text-anchor="middle"'),
    text(16, SIZE.height / 2, y, `text-anchor="middle" transform="rotate(-90 16 ${SIZE.height / 2})"`),
    ...series.flatMap((each, index) => lineOf(each, index, place)),
    '</svg>\n',
  ].join('\n');
}

/** @typedef {{ across: (value: number) => number, up: (value: number) => number }} Place */

/** @param {number} value @param {Place} place */
const horizontal = (value, { up }) =>
  `<line x1="${MARGIN.left}" x2="${SIZE.width - MARGIN.right}" y1="${round(up(value))}" y2="${round(up(value))}" stroke="#dddddd"/>\n` +
  text(MARGIN.left - 8, up(value) + 4, label(value), 'text-anchor="end"');

/** @param {Series} series @param {number} index @param {Place} place */
function lineOf({ name, points }, index, { across, up }) {
  const colour = COLOURS[index % COLOURS.length];
  const dots = points.map(([x, y]) => /** @type {const} */ ([round(across(x)), round(up(y))]));
  const legendAt = MARGIN.top + 8 + index * 22;
  const legendFrom = SIZE.width - MARGIN.right + 20;
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${dots.map((dot) => dot.join(',')).join(' ')}"/>`,
    ...dots.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
    `<line x1="${legendFrom}" x2="${legendFrom + 20}" y1="${legendAt}" y2="${legendAt}" stroke="${colour}" stroke-width="2"/>`,
    text(legendFrom + 28, legendAt + 4, name),
  ];
}

/** @param {number} x @param {number} y @param {string} content @param {string} [attributes] */
const text = (x, y, content, attributes = '') =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escape(content)}</text>`;

/** @param {number} from @param {number} to @param {number} start @param {number} end */
const scale = (from, to, start, end) => (/** @type {number} */ value) =>
  start + ((value - from) / (to - from || 1)) * (end - start);

/** A round number above it. @param {number} value */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
/** @param {number} value */
const label = (value) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
/** @param {string} content */
const escape = (content) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
