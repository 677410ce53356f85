import { valueFor } from './schema-values.mjs';

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

/**
 * The queries that a chat stand-in calls its tool with. Each `search:` in the question is a turn, and each `;` parts two
 * calls of one turn: `search: cats; dogs` makes two at once, `search: cats search: dogs` one after the other.
 *
 * @param {string} question
 * @param {number} resultCount how many results the request brings: the turns that they belong to are over
 * @returns {string[]} empty where it is time to answer
 */
export function nextQueries(question, resultCount) {
  const turns = question.split('search:').slice(1).map(queriesOf);
  let over = resultCount;
  for (const queries of turns) {
    if (over <= 0 && queries.length > 0) return queries;
    over -= queries.length;
  }
  return [];
}

/** @param {string} text */
function queriesOf(text) {
  const [line = ''] = text.trim().split('\n');
  return line
    .split(';')
    .map((query) => query.trim())
    .filter((query) => query !== '');
}

/** What a chat stand-in says once it has results. @param {string} name @param {readonly string[]} results */
export function answerFrom(name, results) {
  const last = results.at(-1) ?? '';
  return `This is ${name}'s stand-in speaking, with ${results.length} ${results.length === 1 ? 'result' : 'results'}. The last one begins “${last.slice(0, 80)}”.`;
}

/** The calls that a line `call: NAME JSON` of the question asks for; each such line is one. @param {string} question */
function namedCalls(question) {
  return question.split('\n').flatMap((line) => {
    const [, name, input = '{}'] = /^call: ([\w-]+) ?(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ tool: name, text: input || '{}' }];
  });
}

/**
 * What a chat request comes to, in no provider's dialect.
 *
 * @typedef {object} Question
 * @property {string} name The provider's.
 * @property {string} text The last thing that the user said.
 * @property {readonly string[]} tools The tools that may be called.
 * @property {readonly string[]} results What the tools brought so far.
 * @property {unknown} [schema] The schema that the answer is asked to fit.
 */

/**
 * What a chat stand-in does: it calls tools, or speaks: what a line `say: TEXT` wants, or a value that fits the schema. Lines `call: NAME JSON` are calls of one turn, made once; what
 * else it is asked to search for it calls the first tool with.
 *
 * @param {Question} question
 * @returns {{ calls: { tool: string, text: string }[] } | { text: string }}
 */
export function respondTo({ name, text, tools: [tool, ...others], results, schema }) {
  const queries = nextQueries(text, results.length);
  const searches = queries.map((query) => ({ tool: tool ?? '', text: JSON.stringify({ query }) }));
  const called = namedCalls(text).filter((call) => [tool, ...others].includes(call.tool));
  const calls = [...searches, ...(results.length > 0 && searches.length === 0 ? [] : called)];
  if (tool !== undefined && calls.length > 0) return { calls };
  const [, said] = /^say: (.*)$/m.exec(text) ?? [];
  if (said !== undefined) return { text: said };
  if (schema !== undefined) return { text: JSON.stringify(valueFor(schema)) };
  return { text: results.length > 0 ? answerFrom(name, results) : completionOf(name, text) };
}

/** A text in pieces of a few characters, as a model writes the arguments of a call. @param {string} text */
export function fragments(text) {
  return text.match(/[^]{1,6}/g) ?? [];
}
