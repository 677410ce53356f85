import { describeFailures, median } from './statistics.mjs';

/**
 * One line of the report.
 *
 * @typedef {object} Row
 * @property {string} case
 * @property {string} subject who was measured
 * @property {string} measure what, with its unit
 * @property {number | null} median of the rounds; null: it could not be measured, and the note says why
 * @property {number | null} ratio to the reference of the same round, the median of the rounds; null: there is none
 * @property {(number | null)[]} rounds
 * @property {string} goal
 * @property {string} note
 * @property {number} asked how many answers were asked for, in all rounds; 0: they are not counted
 * @property {number} failed how many of them failed, or were not what the provider said
 */

/**
 * @typedef {object} Figure
 * @property {string} subject
 * @property {string} measure
 * @property {number} value
 * @property {number} [reference] the floor's, in the same round
 * @property {string} [goal]
 */

/** Collects the figures of one case, round by round. */
export class Figures {
  #case;
  /** @type {Map<string, { figure: Figure, values: number[], ratios: number[] }>} */
  #lines = new Map();
  /** @type {Map<string, { asked: number, failures: Record<string, number> }>} */
  #counts = new Map();

  /** @param {string} name the case's */
  constructor(name) {
    this.#case = name;
  }

  /** @param {Figure} figure of one round */
  add(figure) {
    const name = `${figure.subject}\n${figure.measure}`;
    const line = this.#lines.get(name) ?? { figure, values: [], ratios: [] };
    this.#lines.set(name, line);
    line.values.push(figure.value);
    if (figure.reference !== undefined) line.ratios.push(figure.value / figure.reference);
  }

  /** What was asked of somebody and failed: it is shown beside their figures. @param {string} subject @param {number} asked @param {Record<string, number>} failures */
  count(subject, asked, failures) {
    const count = this.#counts.get(subject) ?? { asked: 0, failures: {} };
    this.#counts.set(subject, count);
    count.asked += asked;
    for (const [code, times] of Object.entries(failures))
      count.failures[code] = (count.failures[code] ?? 0) + times;
  }

  /** @returns {Row[]} */
  rows() {
    return [...this.#lines.values()].map(({ figure: { subject, measure, goal = '' }, values, ratios }) => ({
      ...this.#countOf(subject),
      case: this.#case,
      subject,
      measure,
      median: rounded(median(values)),
      ratio: ratios.length > 0 ? rounded(median(ratios)) : null,
      rounds: values.map(rounded),
      goal,
      note: this.#failuresOf(subject),
    }));
  }

  /** @param {string} subject */
  #countOf(subject) {
    const { asked = 0, failures = {} } = this.#counts.get(subject) ?? {};
    return { asked, failed: Object.values(failures).reduce((sum, count) => sum + count, 0) };
  }

  /** @param {string} subject */
  #failuresOf(subject) {
    const { asked, failures } = this.#counts.get(subject) ?? { asked: 0, failures: {} };
    const words = describeFailures(failures);
    return words && `of ${asked.toLocaleString('en')}: ${words}`;
  }
}

/** What could not be measured. @param {string} name of the case @param {string} subject @param {string} note @returns {Row} */
export const missing = (name, subject, note) => ({
  case: name,
  subject,
  measure: '',
  median: null,
  ratio: null,
  rounds: [],
  goal: '',
  note,
  asked: 0,
  failed: 0,
});

/**
 * Three digits say all that a measured figure is worth; what is counted stays whole.
 *
 * @param {number} value
 * @returns {number | null} null: unknown
 */
export function rounded(value) {
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
