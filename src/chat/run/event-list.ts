import type { ChatEvent, DeltaEvent } from './chat-event.js';
import { isDelta } from './join-deltas.js';

/** What an event without its texts takes in memory, about, in bytes. */
const EVENT_BYTES = 200;
/** How many events are packed at a time; as many newer ones stay as they are. */
const PACKED_AT_ONCE = 8;
/** A pack of so many events, or with a text so long, takes no more: the oldest events are dropped by whole packs. */
const FULL_PACK = { events: 256, textLength: 64 * 1024 };

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
    while (this.#recent.length >= 2 * PACKED_AT_ONCE && this.#recentSeq + PACKED_AT_ONCE - 1 <= seq) {
      for (const entry of this.#recent.splice(0, PACKED_AT_ONCE)) this.#pack(entry);
      this.#recentSeq += PACKED_AT_ONCE;
    }
  }

  #pack(entry: Entry): void {
    const { event } = entry;
    const last = this.#packs.at(-1);
    // A delta stands for itself: one that was joined of several is not taken apart again.
    if (!isDelta(event) || event.fromSeq !== event.seq) this.#packs.push(new SinglePack(entry));
    else if (last instanceof DeltaPack && last.takes(event)) last.add(event);
    else this.#packs.push(new DeltaPack(event, entry.end));
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

class SinglePack implements Pack {
  readonly length = 1;

  constructor(private readonly entry: Entry) {}

  get firstSeq(): number {
    return this.entry.event.seq;
  }

  entryAt(): Entry {
    return this.entry;
  }
}

/** Deltas of one kind that follow one another: their texts are one, and of each it knows where its own ends. */
class DeltaPack implements Pack {
  readonly firstSeq: number;
  readonly #type: DeltaEvent['__typename'];
  readonly #chatId: string;
  /** Where it begins, in bytes from the first event ever. */
  readonly #start: number;
  readonly #ends: number[];
  #text: string;

  constructor({ __typename, chatId, seq, text }: DeltaEvent, end: number) {
    this.firstSeq = seq;
    this.#type = __typename;
    this.#chatId = chatId;
    this.#start = end - EVENT_BYTES - text.length;
    this.#ends = [text.length];
    this.#text = text;
  }

  get length(): number {
    return this.#ends.length;
  }

  takes({ __typename }: DeltaEvent): boolean {
    const isFull = this.length >= FULL_PACK.events || this.#text.length >= FULL_PACK.textLength;
    return __typename === this.#type && !isFull;
  }

  add({ text }: DeltaEvent): void {
    this.#text += text;
    this.#ends.push(this.#text.length);
  }

  entryAt(index: number): Entry {
    const seq = this.firstSeq + index;
    const end = this.#ends[index] ?? this.#text.length;
    const text = this.#text.slice(this.#ends[index - 1] ?? 0, end);
    const event: ChatEvent = { __typename: this.#type, chatId: this.#chatId, seq, fromSeq: seq, text };
    return { event, end: this.#start + end + (index + 1) * EVENT_BYTES };
  }
}
