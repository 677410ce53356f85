import type { ChatEvent, DeltaEvent } from './chat-event.js';

/** Characters in one event that is made of several. */
const MAX_JOINED_LENGTH = 32 * 1024;

export const isDelta = (event: ChatEvent | undefined): event is DeltaEvent =>
  event?.__typename === 'TextDelta' || event?.__typename === 'ReasoningDelta';

/**
 * The first of the events that wait for a watcher, joined with the deltas of its kind that follow it: what a watcher
 * that lags behind takes in one piece.
 *
 * @param from where it stands among the events
 * @returns the event, and how many it stands for
 */
export function joinDeltas(
  events: readonly ChatEvent[],
  from: number,
): { readonly event: ChatEvent; readonly count: number } {
  const first = events[from];
  if (!first) throw new Error('There is nothing to join.');
  if (!isDelta(first)) return { event: first, count: 1 };
  const texts = [first.text];
  let length = first.text.length;
  let seq = first.seq;
  for (let index = from + 1; index < events.length; index += 1) {
    const next = events[index];
    if (!isDelta(next) || next.__typename !== first.__typename) break;
    length += next.text.length;
    if (length > MAX_JOINED_LENGTH) break;
    texts.push(next.text);
    seq = next.seq;
  }
  const count = texts.length;
  return { event: count === 1 ? first : { ...first, seq, text: texts.join('') }, count };
}
