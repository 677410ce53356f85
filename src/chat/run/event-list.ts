import type { ChatEvent, DeltaEvent } from './chat-event.js';
import { isDelta } from './join-deltas.js';

/** What an event without its texts takes in memory, about, in bytes. */
const EVENT_BYTES = 200;
/** How many events are packed at a time; as many newer ones stay as they are. */
const PACK_LENGTH = 64;

interface Entry {
  readonly event: ChatEvent;
  /** Bytes of all events up to this one, from the first ever. */
  readonly end: number;
}

/** Some events that follow one another. */
interface Pack {
  readonly firstSeq: number;
  readonly length: number;
  entryAt(index: number): Entry;
}

/**
 * The events of a run, numbered without a gap. Older ones are packed: neighbouring deltas take a fraction of their
 * memory as one text, and a chat that goes on for long is mostly that.
 */
export class EventList {
  readonly #packs: Pack[] = [];
  readonly #recent: Entry[] = [];
  #recentSeq = 1;
  /** Where the first event that is kept begins, and the last one ends, in bytes from the first ever. */
  #start = 0;
  #end = 0;

  /** The number of the first event that is kept. */
  get firstSeq(): number {
    return this.#packs[0]?.firstSeq ?? this.#recentSeq;
  }

  /** The number of the last event; 0 where there was none. */
  get lastSeq(): number {
    return this.#recentSeq + this.#recent.length - 1;
  }

  /** Bytes that are kept, about. */
  get bytes(): number {
    return this.#end - this.#start;
  }

  append(event: ChatEvent): void {
    this.#end += sizeOf(event);
    this.#recent.push({ event, end: this.#end });
  }

  at(seq: number): ChatEvent | undefined {
    return this.#entryAt(seq)?.event;
  }

  /** Bytes between the end of one event, or of the last before those that are kept, and the end of the last. */
  bytesAfter(seq: number): number {
    return this.#end - this.#endOf(seq);
  }

  /** Removes the events after a number that was not packed yet. */
  removeAfter(seq: number): void {
    this.#end = this.#endOf(seq);
    this.#recent.length = seq + 1 - this.#recentSeq;
  }

  /** Packs the older events up to a number. */
  pack(seq: number): void {
    while (this.#recent.length >= 2 * PACK_LENGTH && this.#recentSeq + PACK_LENGTH - 1 <= seq) {
      this.#packs.push(...packed(this.#recent.splice(0, PACK_LENGTH)));
      this.#recentSeq += PACK_LENGTH;
    }
  }

  /** Removes about as many bytes from the beginning, but no event after a number, and not the last one. */
  removeFirst(bytes: number, seq: number): void {
    const until = Math.min(seq, this.lastSeq - 1);
    const limit = this.#start + bytes;
    let count = 0;
    for (const { firstSeq, length } of this.#packs) {
      if (this.#start >= limit || firstSeq + length - 1 > until) break;
      this.#start = this.#endOf(firstSeq + length - 1);
      count += 1;
    }
    this.#packs.splice(0, count);
    if (this.#packs.length > 0) return;
    let recent = 0;
    while (this.#start < limit && this.#recentSeq + recent <= until) {
      this.#start = this.#endOf(this.#recentSeq + recent);
      recent += 1;
    }
    this.#recent.splice(0, recent);
    this.#recentSeq += recent;
  }

  /** What is no longer kept ends where the first that is kept begins. */
  #endOf(seq: number): number {
    return this.#entryAt(Math.min(seq, this.lastSeq))?.end ?? this.#start;
  }

  #entryAt(seq: number): Entry | undefined {
    if (seq >= this.#recentSeq) return this.#recent[seq - this.#recentSeq];
    const pack = this.#packOf(seq);
    return pack?.entryAt(seq - pack.firstSeq);
  }

  /** The last pack that begins at this number or before it. */
  #packOf(seq: number): Pack | undefined {
    let [low, high] = [0, this.#packs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#packs[middle]?.firstSeq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return this.#packs[low - 1];
  }
}

function sizeOf(event: ChatEvent): number {
  if ('text' in event) return EVENT_BYTES + event.text.length;
  return EVENT_BYTES + JSON.stringify(event).length;
}

function packed(entries: readonly Entry[]): Pack[] {
  const packs: Pack[] = [];
  for (let from = 0; from < entries.length;) {
    let to = from + 1;
    while (to < entries.length && belongTogether(entries[from]?.event, entries[to]?.event)) to += 1;
    packs.push(packOf(entries.slice(from, to)));
    from = to;
  }
  return packs;
}

/** Each stands for itself: what is joined already is not. */
const belongTogether = (first: ChatEvent | undefined, next: ChatEvent | undefined): boolean =>
  isDelta(first) &&
  isDelta(next) &&
  first.__typename === next.__typename &&
  first.fromSeq === first.seq &&
  next.fromSeq === next.seq;

function packOf(entries: readonly Entry[]): Pack {
  const [first] = entries;
  if (!first) throw new Error('There is nothing to pack.');
  const { event } = first;
  if (entries.length > 1 && isDelta(event)) return deltaPack(event, entries);
  return { firstSeq: event.seq, length: 1, entryAt: () => first };
}

function deltaPack({ __typename, chatId, seq: firstSeq }: DeltaEvent, entries: readonly Entry[]): Pack {
  const texts = entries.map(({ event }) => (isDelta(event) ? event.text : ''));
  const text = texts.join('');
  const start = (entries[0]?.end ?? 0) - EVENT_BYTES - (texts[0]?.length ?? 0);
  let length = 0;
  const ends = texts.map((each) => (length += each.length));
  return {
    firstSeq,
    length: ends.length,
    entryAt(index) {
      const seq = firstSeq + index;
      const end = ends[index] ?? length;
      const event: ChatEvent = {
        __typename,
        chatId,
        seq,
        fromSeq: seq,
        text: text.slice(ends[index - 1] ?? 0, end),
      };
      return { event, end: start + end + (index + 1) * EVENT_BYTES };
    },
  };
}
