import { outline } from './outline.mjs';

/**
 * GraphiQL shows the latest event alone. This shows what a chat has said so far, below it, and in short what all else
 * was answered.
 *
 * @typedef {import('./operation.mjs').ChatEvent} ChatEvent
 * @typedef {{ message?: string, path?: readonly (string | number)[], extensions?: Record<string, any> }} AnswerError
 */

const section = /** @type {HTMLElement} */ (document.getElementById('answer'));
const text = /** @type {HTMLElement} */ (document.getElementById('answer-text'));
const status = /** @type {HTMLElement} */ (document.getElementById('answer-status'));

/** The answer that is shown: what comes in for one before it is shown no more. @type {Answer | null} */
let current = null;

/** What one operation is answered. */
export class Answer {
  /** Which model answers, with whose key. */
  #source = '';
  #hasEnded = false;
  #hasEvents = false;
  #started = performance.now();

  constructor() {
    current = this;
    section.hidden = true;
    text.replaceChildren();
    this.#showStatus('streaming', 'Waiting');
  }

  /** The answer to a query or a mutation. @param {{ data?: unknown, errors?: readonly AnswerError[] }} result */
  showResult({ data, errors = [] }) {
    if (data) this.#append('data', outline(data));
    if (errors.length > 0) this.showErrors(errors, Boolean(data));
    else this.#end('good', 'Answered', `${Math.round(performance.now() - this.#started)} ms`);
  }

  /** @param {ChatEvent} event */
  showEvent(event) {
    this.#hasEvents = true;
    const show = this.#showers[event.type];
    if (show) show(event);
    else this.#append('note', outline(event));
  }

  /** @param {readonly AnswerError[]} errors @param {boolean} [inPart] whether there is an answer all the same */
  showErrors(errors, inPart = false) {
    if (errors.length > 1 || inPart) for (const error of errors) this.#append('note', describe(error));
    const [first] = errors;
    const more = errors.length > 1 && `${errors.length} errors`;
    this.#end('bad', inPart ? 'Answered in part' : 'Failed', first?.extensions?.code, first?.message, more);
  }

  /** The server has said all. A chat that was followed to its end said so itself. */
  complete() {
    if (this.#hasEvents) this.#end('bad', 'Cut off');
    else this.#end('good', 'Nothing more to come');
  }

  /** The user has pressed GraphiQL's button. */
  stop() {
    this.#end('bad', 'Stopped');
  }

  /** What each type of event changes. @type {Record<string, (event: ChatEvent) => void>} */
  #showers = {
    ChatStarted: (event) => this.#answersFrom(event),
    TextDelta: (event) => this.#append('text', event.text),
    ReasoningDelta: (event) => this.#append('reasoning', event.text),
    // The names after ?? are deprecated.
    SearchStarted: ({ engine, provider, query }) =>
      this.#append('note', join('Searching', engine ?? provider, query && `“${query}”`)),
    SearchFinished: ({ engine, provider, query, results, failure, error }) => {
      const cause = failure ?? error;
      const found = results && `${results.length} ${results.length === 1 ? 'result' : 'results'}`;
      const outcome = cause ? join('Search failed', cause.code, cause.message) : join('Searched', found);
      this.#append('note', join(outcome, engine ?? provider, query && `“${query}”`));
      for (const result of results ?? []) this.#append('note result', join(result.title, result.url));
    },
    ProviderSwitched: (event) => {
      this.#append('note', join('Going on with', event.provider, event.cause?.code));
      this.#answersFrom(event);
    },
    ChatCompleted: ({ seq, finishReason, usage, timings }) => {
      const reason = finishReason !== 'STOP' && finishReason;
      const duration = timings?.totalMs !== undefined && `${Math.round(timings.totalMs)} ms`;
      this.#end('good', 'Completed', reason, seq && `${seq} events`, tokens(usage), duration);
    },
    ChatFailed: ({ error }) => this.#end('bad', 'Failed', error?.code, error?.message),
    ChatCancelled: ({ usage }) => this.#end('bad', 'Cancelled', tokens(usage)),
  };

  /** @param {ChatEvent} event */
  #answersFrom({ model, maskedKey, keySource }) {
    this.#source = join(model, maskedKey ?? keySource);
    this.#showStatus('streaming', 'Streaming');
  }

  /** @param {string} kind @param {string | undefined} piece undefined: the operation did not ask for it */
  #append(kind, piece) {
    if (current !== this) return;
    section.hidden = false;
    if (!piece) return;
    const last = text.lastElementChild;
    const isStream = kind === 'text' || kind === 'reasoning';
    const span =
      isStream && last?.className === kind ? last : text.appendChild(document.createElement('span'));
    span.className = kind;
    span.append(piece);
    section.scrollTop = isStream ? section.scrollHeight : section.scrollTop;
  }

  /** The first end counts. @param {'good' | 'bad'} kind @param {...unknown} facts */
  #end(kind, ...facts) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (current === this) section.hidden = false;
    this.#showStatus(kind, ...facts);
  }

  /** @param {'streaming' | 'good' | 'bad'} kind @param {...unknown} facts */
  #showStatus(kind, ...facts) {
    if (current !== this || (this.#hasEnded && kind === 'streaming')) return;
    status.className = kind;
    status.textContent = join(facts[0], this.#source, ...facts.slice(1));
  }
}

/** @param {AnswerError} error */
const describe = ({ path, message, extensions }) => join(path?.join('.'), extensions?.code, message);

/** @param {{ inputTokens?: number, outputTokens?: number } | null | undefined} usage */
function tokens(usage) {
  const counts = [usage?.inputTokens, usage?.outputTokens].filter((count) => count !== undefined);
  return counts.length > 0 && `${counts.join(' + ')} tokens`;
}

/** @param {...unknown} facts Those that are missing, because the operation did not ask for them, are left out. */
function join(...facts) {
  return facts.filter(Boolean).join(' · ');
}
