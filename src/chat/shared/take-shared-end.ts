import { ChatNotFoundError } from '../run/chat.errors.js';
import type { ChatEvent } from '../run/chat-event.js';
import type { ChatRun } from '../run/chat-run.js';
import type { RunLog } from '../run/run-log.js';
import { isLost, lostEnd } from './finished-chat.js';
import type { RunStore } from './run-store.js';

/** A run that another server has ended. */
interface EndedRun {
  readonly shared: Pick<RunStore, 'readEvents'>;
  readonly userId: string;
  readonly run: Pick<ChatRun, 'chatId'>;
  readonly log: RunLog;
}

/**
 * Gives a run that another server has ended the end that all watchers see, in the place of its own. What Redis does not
 * have was never there, unless it was shown while Redis was away: then the end comes after it. Where that end cannot be
 * read any more, it is what another server says of every run that it ends: lost.
 *
 * @param writtenSeq the last number that is the same here and in Redis
 * @throws RedisUnavailableError SERVICE_UNAVAILABLE
 */
export async function takeSharedEnd(ended: EndedRun, writtenSeq: number): Promise<void> {
  const { log } = ended;
  const shared = await readEnd(ended, writtenSeq);
  const from = Math.max(log.shownSeq, writtenSeq);
  const end = shared?.at(-1);
  if (shared && end) {
    const unseen = shared.filter(({ seq }) => seq > from);
    log.replaceAfter(from, unseen.length > 0 ? unseen : [{ ...end, seq: from + 1 }]);
  } else if (!isLost(log.after(log.lastSeq - 1, 0)[0])) {
    log.replaceAfter(from, [lostEnd(ended.run.chatId, from + 1)]);
  }
}

/** What Redis has after a number; null where that has no end, and so cannot take the place of ours. */
async function readEnd({ shared, userId, run }: EndedRun, writtenSeq: number): Promise<ChatEvent[] | null> {
  const end: ChatEvent[] = [];
  try {
    for (;;) {
      const { events, isLast } = await shared.readEvents(userId, run.chatId, end.at(-1)?.seq ?? writtenSeq);
      end.push(...events);
      if (isLast || events.length === 0) return isLast && end.length > 0 ? end : null;
    }
  } catch (error) {
    if (error instanceof ChatNotFoundError) return null;
    throw error;
  }
}
