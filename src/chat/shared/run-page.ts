import { validate as isUuid } from 'uuid';
import type { ChatEvent, TerminalEvent } from '../run/chat-event.js';
import type { FeedPage } from '../run/event-feed.js';
import { BrokenRunError } from './broken-run.error.js';
import { isLost } from './finished-chat.js';
import type { OpenEvents } from './run-sealer.js';

/** What readScript answers. An entry is its id and its sealed events. */
export type ReadReply = readonly [
  server: string,
  state: string,
  last: string,
  entries: readonly string[],
  lastEntry: readonly string[],
];

/** A run as Redis knows it. */
export interface SharedRun {
  readonly serverId: string;
  readonly isRunning: boolean;
}

export interface SharedPage extends FeedPage, SharedRun {}

/** A number as `XADD` was given it, with what stands behind it. */
const ENTRY_ID = /^([1-9]\d{0,14})-0$/;

const isTerminal = (event: ChatEvent | undefined): event is TerminalEvent =>
  event?.__typename === 'ChatCompleted' ||
  event?.__typename === 'ChatFailed' ||
  event?.__typename === 'ChatCancelled';

/**
 * Opens what Redis answered.
 *
 * Only what is sealed is trusted. An event opens as what its server wrote under this number of this chat, so a run is
 * over where its terminal event is, whatever its state says; and the plain fields can do no more than make a run broken
 * that is not.
 *
 * @throws BrokenRunError CHAT_NOT_FOUND where events are missing or no event ends what has ended
 */
export function openPage(
  open: OpenEvents,
  afterSeq: number,
  [server, state, last, entries, lastEntry]: ReadReply,
): SharedPage {
  const about = openRun(server, state);
  const events = openEntries(open, afterSeq, entries);
  if (events.length > 0) return { ...about, events, isLast: isTerminal(events.at(-1)) };
  if (about.isRunning) {
    if (Number(last) > afterSeq) throw new BrokenRunError();
    return { ...about, events, isLast: false };
  }
  const end = openEnd(open, lastEntry);
  if (end === null || end.seq > afterSeq) throw new BrokenRunError();
  // Its server showed more while Redis was away, and died: the end comes after what was seen.
  if (end.seq < afterSeq && isLost(end)) events.push({ ...end, seq: afterSeq + 1 });
  return { ...about, events, isLast: true };
}

/** @throws BrokenRunError CHAT_NOT_FOUND where it is no server's */
export function openRun(server: string, state: string): SharedRun {
  if (!isUuid(server)) throw new BrokenRunError();
  return { serverId: server, isRunning: state === 'running' };
}

/** The terminal event, where the last entry holds it. */
export function openEnd(open: OpenEvents, lastEntry: readonly string[]): TerminalEvent | null {
  const [id, sealed = ''] = lastEntry;
  if (id === undefined) return null;
  const event = openEntry(open, id, sealed).at(-1);
  return isTerminal(event) ? event : null;
}

function openEntries(open: OpenEvents, afterSeq: number, entries: readonly string[]): ChatEvent[] {
  const events: ChatEvent[] = [];
  let seq = afterSeq;
  for (let index = 0; index < entries.length && !isTerminal(events.at(-1)); index += 2) {
    const entry = openEntry(open, entries[index] ?? '', entries[index + 1] ?? '');
    // An entry may begin before the number, or repeat what the one before it held.
    const news = entry.filter((event) => event.seq > seq);
    if (news[0]?.seq !== seq + 1) throw new BrokenRunError();
    events.push(...news);
    seq = news.at(-1)?.seq ?? seq;
  }
  return events;
}

function openEntry(open: OpenEvents, id: string, sealed: string): ChatEvent[] {
  const [, seq] = ENTRY_ID.exec(id) ?? [];
  if (seq === undefined) throw new BrokenRunError();
  return open(Number(seq), sealed);
}
