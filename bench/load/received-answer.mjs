import { textOf, WORD_LENGTH } from '../parts/shape.mjs';

/** An answer that ended in order and is not what the provider said. */
export const WRONG_TEXT = 'WRONG_TEXT';

/** What a client received of one answer, and when. Times are in milliseconds, on the clock of `performance`. */
export class ReceivedAnswer {
  text = '';
  messages = 0;
  /** The first message of any kind: from then on the stream is open. @type {number | null} */
  openedAt = null;
  /** @type {number | null} */
  firstDeltaAt = null;
  /** The code of what ended it; null: it ended in order. @type {string | null} */
  code = null;
  /** Of the chat, where the server says it in its last event. @type {string | null} */
  chatId = null;
  /** How many words there were, and when: in pairs. @type {number[]} */
  arrivals = [];

  begunAt = performance.now();

  /** @param {string} text */
  append(text) {
    const now = performance.now();
    this.firstDeltaAt ??= now;
    this.text += text;
    this.messages++;
    this.arrivals.push(this.text.length / WORD_LENGTH, now);
  }

  /** @param {string} code */
  fail(code) {
    this.code ??= code;
  }

  /** Holds the text against what the provider said: every character once, and in order. @param {number} words */
  check(words) {
    if (this.code === null && this.text !== textOfCached(words)) this.code = WRONG_TEXT;
  }

  /**
   * How late each message's last word was, where words are due at even intervals: the earliest of the answer counts as in
   * time.
   *
   * @param {number} intervalMs
   * @returns {number[]} milliseconds
   */
  delays(intervalMs) {
    const offsets = [];
    for (let index = 0; index < this.arrivals.length; index += 2) {
      const [words = 0, at = 0] = this.arrivals.slice(index, index + 2);
      offsets.push(at - words * intervalMs);
    }
    const earliest = offsets.reduce((least, offset) => Math.min(least, offset), Infinity);
    return offsets.map((offset) => offset - earliest);
  }
}

/** @type {Map<number, string>} */
const texts = new Map();

/** @param {number} words */
function textOfCached(words) {
  const text = texts.get(words) ?? textOf(words);
  texts.set(words, text);
  return text;
}
