import type { ChatEvent, DeltaEvent } from '../run/chat-event.js';

/** Deltas of one kind that follow one another: the kind, the number of the first, and the text of each. */
type PackedDeltas = readonly [kind: DeltaEvent['__typename'], firstSeq: number, texts: string[]];

/**
 * Events of one chat as JSON. Deltas that follow one another are one item, each with its own text still: a watcher that
 * comes back may have seen a part of them.
 */
export function packEvents(events: readonly ChatEvent[]): string {
  const packed: (ChatEvent | PackedDeltas)[] = [];
  let open: PackedDeltas | null = null;
  for (const event of events) {
    if (!isPackable(event)) {
      packed.push(event);
      open = null;
    } else if (open?.[0] === event.__typename) {
      open[2].push(event.text);
    } else {
      open = [event.__typename, event.seq, [event.text]];
      packed.push(open);
    }
  }
  return JSON.stringify(packed);
}

export function unpackEvents(text: string, chatId: string): ChatEvent[] {
  const packed = JSON.parse(text) as (ChatEvent | PackedDeltas)[];
  return packed.flatMap((item) => (item instanceof Array ? unpackDeltas(item, chatId) : item));
}

function unpackDeltas([kind, firstSeq, texts]: PackedDeltas, chatId: string): DeltaEvent[] {
  return texts.map((text, index) => {
    const seq = firstSeq + index;
    return { __typename: kind, chatId, seq, fromSeq: seq, text };
  });
}

/** A delta that is several already has one text for all of them. */
const isPackable = (event: ChatEvent): event is DeltaEvent =>
  (event.__typename === 'TextDelta' || event.__typename === 'ReasoningDelta') && event.fromSeq === event.seq;
