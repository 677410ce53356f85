/**
 * What a service's default answer is made with.
 *
 * @typedef {object} Tools
 * @property {(deltas: readonly string[], write: (delta: string) => string) => Promise<void>} stream Sends each delta
 *   as `write` frames it, a few milliseconds apart, and stops when the client leaves.
 */

/**
 * @param {import('./exchange.mjs').Exchange} exchange
 * @param {number} pace
 * @returns {Tools}
 */
export function createTools(exchange, pace) {
  return {
    async stream(deltas, write) {
      for (const delta of deltas) {
        if (pace > 0) await new Promise((resolve) => setTimeout(resolve, pace));
        if (!(await exchange.write(write(delta)))) return;
      }
    },
  };
}

/** A text as a model would stream it: words with the space before them. @param {string} text */
export function words(text) {
  return text.match(/\s*\S+/g) ?? [];
}

/** A rough count, good enough for an invented bill. @param {string} text */
export function countTokens(text) {
  return Math.max(1, Math.ceil(text.length / 4));
}

/**
 * What every chat stand-in says. @param {string} name @param {string} question
 */
export function completionOf(name, question) {
  const asked = question.length > 80 ? `${question.slice(0, 79)}…` : question;
  return `This is ${name}'s stand-in speaking: no model was asked. You said “${asked}”, and these words reach you one by one, as the provider would stream them.`;
}

/** What every chat stand-in thinks before it speaks. */
export const reasoning = 'The user greets a stand-in. A short, friendly answer that says so will do.';
