/**
 * GraphiQL shows the latest event alone. This shows what a chat has said so far, below it.
 *
 * @typedef {{ __typename?: string, text?: string, seq?: number } & Record<string, any>} ChatEvent
 */

const section = /** @type {HTMLElement} */ (document.getElementById('answer'));
const text = /** @type {HTMLElement} */ (document.getElementById('answer-text'));
const status = /** @type {HTMLElement} */ (document.getElementById('answer-status'));

/** What to write under the answer when an event of this type has come. @type {Record<string, (event: ChatEvent) => string>} */
const statusOf = {
  ChatStarted: ({ model, keySource, maskedKey }) =>
    ['Streaming', model, maskedKey ?? keySource].filter(Boolean).join(' · '),
  ChatCompleted: ({ seq, usage, timings }) =>
    [
      'Completed',
      seq && `${seq} events`,
      usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`,
      timings && `first token after ${Math.round(timings.timeToFirstTokenMs)} ms`,
      timings && `${Math.round(timings.totalMs)} ms in all`,
    ]
      .filter(Boolean)
      .join(' · '),
  ChatFailed: ({ error }) => `Failed · ${error?.code ?? ''} · ${error?.message ?? ''}`,
  ChatCancelled: () => 'Cancelled',
};

/** Clears the last answer: a new subscription begins. */
export function beginAnswer() {
  section.hidden = true;
  text.replaceChildren();
  status.textContent = '';
  status.className = '';
}

/** @param {ChatEvent | null | undefined} event */
export function showEvent(event) {
  if (!event?.__typename) return;
  section.hidden = false;
  if (event.__typename === 'TextDelta') append(event.text, 'text');
  if (event.__typename === 'ReasoningDelta') append(event.text, 'reasoning');
  const describe = statusOf[event.__typename];
  if (!describe) return;
  status.textContent = describe(event);
  status.classList.toggle('good', event.__typename === 'ChatCompleted');
  status.classList.toggle('bad', event.__typename === 'ChatFailed');
}

/** @param {string | undefined} piece @param {string} kind */
function append(piece, kind) {
  const last = text.lastElementChild;
  const span = last?.className === kind ? last : text.appendChild(document.createElement('span'));
  span.className = kind;
  span.append(piece ?? '');
  section.scrollTop = section.scrollHeight;
}
