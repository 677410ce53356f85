/**
 * Something to measure.
 *
 * @typedef {object} Case
 * @property {string} name as `--cases` takes it
 * @property {string} title
 * @property {boolean} [inSmoke] whether `--smoke` runs it
 * @property {boolean} [onRequest] whether it takes so long that only `--cases` and `--all` run it
 * @property {(bench: import('../bench.mjs').Bench) => Promise<import('../report/figures.mjs').Row[]>} run
 */

export {};
