import type { ChatEvent, ChatStartedEvent, ProviderSwitchedEvent } from '../../chat/run/chat-event.js';
import type { EventSource } from '../../common/event-source.js';
import { PatientTimer } from '../../common/patient-timer.js';

/** What a source had until something of it is worth an answer. */
export interface Opening {
  /** In their order, the last one first of all that a client sees; none where that took too long. */
  readonly events: readonly ChatEvent[];
}

/** Says who answers, and nothing of the answer. */
const isBeforeAnswer = (event: ChatEvent): event is ChatStartedEvent | ProviderSwitchedEvent =>
  event.__typename === 'ChatStarted' || event.__typename === 'ProviderSwitched';

/**
 * Takes what comes before the answer, and its first event; no more than the former where the latter is not there in time, or
 * never comes.
 *
 * @throws what the source throws
 */
export async function takeOpening(source: EventSource<ChatEvent>, milliseconds: number): Promise<Opening> {
  const events: ChatEvent[] = [];
  const late = { isTrue: false };
  let wake = (): void => undefined;
  const timer = new PatientTimer(milliseconds, () => {
    late.isTrue = true;
    wake();
  });
  try {
    while (!late.isTrue) {
      const event = source.take();
      if (event) {
        events.push(event);
        if (!isBeforeAnswer(event)) break;
      } else if (source.isOver) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          source.whenReady(resolve);
        });
    }
    return { events };
  } finally {
    timer.stop();
  }
}

/** A source from its opening on. */
export function withOpening({ events }: Opening, source: EventSource<ChatEvent>): EventSource<ChatEvent> {
  const left = [...events];
  return {
    take: () => left.shift() ?? source.take(),
    get isOver() {
      return left.length === 0 && source.isOver;
    },
    whenReady: (onReady) => source.whenReady(onReady),
    leave: () => {
      left.length = 0;
      source.leave();
    },
  };
}
