/**
 * What the fake providers stream, which the model's name says: `bench-n200-i0` is 200 deltas without a pause,
 * `bench-n100-i20` 100 deltas 20 ms apart, and `bench-n650000-p1460` all words in one event, sent in pieces of 1,460
 * bytes.
 *
 * @typedef {object} Shape
 * @property {number} words how many words of {@link WORD_LENGTH} characters
 * @property {number} intervalMs between two deltas; 0: no pause
 * @property {number} pieceBytes how long the pieces of the one event are; 0: each word is an event of its own
 */

export const WORD_LENGTH = 6;

/** No two words of an answer are alike: one that is lost, doubled or out of order shows. @param {number} index */
export const word = (index) => ` ${index.toString(36).padStart(WORD_LENGTH - 1, '0')}`;

/** @param {number} words */
export const textOf = (words) => Array.from({ length: words }, (_, index) => word(index)).join('');

/** @param {Partial<Shape>} shape */
export const modelOf = ({ words = 1, intervalMs = 0, pieceBytes = 0 }) =>
  `bench-n${words}-i${intervalMs}-p${pieceBytes}`;

/** @param {string} model @returns {Shape} */
export const shapeOf = (model) => ({
  words: Number(/-n(\d+)/.exec(model)?.[1] ?? 20),
  intervalMs: Number(/-i(\d+)/.exec(model)?.[1] ?? 0),
  pieceBytes: Number(/-p(\d+)/.exec(model)?.[1] ?? 0),
});
