/**
 * GraphiQL shows the latest event alone. This shows what a chat has said so far, below it.
 *
 * @typedef {{ __typename?: string, text?: string, seq?: number } & Record<string, any>} ChatEvent
 */

const section = /** @type {HTMLElement} */ (document.getElementById('answer'));
const text = /** @type {HTMLElement} */ (document.getElementById('answer-text'));
const status = /** @type {HTMLElement} */ (document.getElementById('answer-status'));

/** Which model answers, with whose key. */
let source = '';

/** Clears the last answer: a new subscription begins. */
export function beginAnswer() {
  section.hidden = true;
  text.replaceChildren();
  source = '';
  showStatus('streaming');
}

/** @param {ChatEvent | null | undefined} event */
export function showEvent(event) {
  if (!event?.__typename) return;
  section.hidden = false;
  showers[event.__typename]?.(event);
}

/** The subscription is over. An answer without its terminal event was cut short. */
export function endAnswer() {
  if (status.className === 'streaming') showStatus('bad', 'Stopped');
}

/** What each type of event changes. Types that are not here change nothing. @type {Record<string, (event: ChatEvent) => void>} */
const showers = {
  ChatStarted({ model, maskedKey, keySource }) {
    source = join(model, maskedKey ?? keySource);
    showStatus('streaming', 'Streaming');
  },
  TextDelta: ({ text }) => append('text', text),
  ReasoningDelta: ({ text }) => append('reasoning', text),
  ChatCompleted({ seq, usage, timings }) {
    const tokens = usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`;
    const duration = timings && `${Math.round(timings.totalMs)} ms`;
    showStatus('good', 'Completed', seq && `${seq} events`, tokens, duration);
  },
  ChatFailed: ({ error }) => showStatus('bad', 'Failed', error?.code, error?.message),
  ChatCancelled: () => showStatus('bad', 'Cancelled'),
};

/** @param {string} kind @param {string | undefined} piece */
function append(kind, piece) {
  const last = text.lastElementChild;
  const span = last?.className === kind ? last : text.appendChild(document.createElement('span'));
  span.className = kind;
  span.append(piece ?? '');
  section.scrollTop = section.scrollHeight;
}

/** @param {'streaming' | 'good' | 'bad'} kind @param {...unknown} facts */
function showStatus(kind, ...facts) {
  status.className = kind;
  status.textContent = join(facts[0], source, ...facts.slice(1));
}

/** @param {...unknown} facts Those that are missing, because the query did not ask for them, are left out. */
function join(...facts) {
  return facts.filter(Boolean).join(' · ');
}
