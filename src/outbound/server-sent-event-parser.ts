import { StrayJson } from './stray-json.js';
import { TextBuffer } from './text-buffer.js';
import { ProviderUnavailableError } from './upstream-error.js';

export interface ServerSentEvent {
  /** The field `event`; empty where there is none. */
  readonly type: string;
  /** The fields `data`, joined by line breaks: empty where one is, and has no value. */
  readonly data: string;
  /** It is no event, but JSON that stands where events should: what a service sends that has failed. */
  readonly isStray: boolean;
}

/** What some APIs, and gateways that speak like them, end a stream with; not all of them end that event. It is no JSON. */
export const END_OF_STREAM = '[DONE]';

const LINE_FEED = '\n';
const CARRIAGE_RETURN = '\r';
const otherFields = ['id', 'retry'];

/**
 * Reads a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), with `event`
 * and `data` as its only fields: `id` and `retry` are for a client that connects again by itself. An event without a
 * field `data`, and one that the stream's end cut, is none. JSON between the events, which the standard ignores, is
 * handed on as such ({@link StrayJson}).
 *
 * With any bytes, cut at any place, it looks at each of them a few times at the most, and keeps no more than one event,
 * one line and one stray text. What it hands on is UTF-8, and U+FFFD for what is not.
 */
export class ServerSentEventParser {
  // It takes a byte order mark away, at the beginning and nowhere else.
  readonly #decoder = new TextDecoder();
  readonly #line = new TextBuffer();
  /** The event's data so far; null where it has no field `data`. */
  #data: string | null = null;
  /** Further lines of it, which hardly any API sends. */
  readonly #moreData = new TextBuffer();
  #type = '';
  readonly #stray = new StrayJson();
  #hasForeignLines = false;
  #hasEvents = false;
  #isCut = false;
  /** The last character was a carriage return: a line feed after it ends no other line. */
  #isAfterReturn = false;

  /** @param maxEventLength the most UTF-16 code units that an event's data, and any line, may have */
  constructor(private readonly maxEventLength: number) {}

  /**
   * @returns the events that the chunk completes
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE when an event is too large
   */
  feed(chunk: Uint8Array): ServerSentEvent[] {
    return this.#read(this.#decoder.decode(chunk, { stream: true }));
  }

  #read(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let start = this.#isAfterReturn && text.startsWith(LINE_FEED) ? 1 : 0;
    if (text !== '') this.#isAfterReturn = false;
    let nextFeed = indexOf(text, LINE_FEED, start);
    let nextReturn = indexOf(text, CARRIAGE_RETURN, start);
    for (;;) {
      // Each is looked for behind the last one only: of either there may be none in a long text.
      if (nextFeed < start) nextFeed = indexOf(text, LINE_FEED, start);
      if (nextReturn < start) nextReturn = indexOf(text, CARRIAGE_RETURN, start);
      const end = Math.min(nextFeed, nextReturn);
      if (end === Infinity) break;
      const event = this.#readLine(this.#complete(text.slice(start, end)));
      if (event) events.push(event);
      start = end + 1;
      if (end !== nextReturn) continue;
      if (text[start] === LINE_FEED) start += 1;
      else this.#isAfterReturn = start === text.length;
    }
    if (start < text.length) this.#line.append(text.slice(start));
    this.#bound(this.#line.length);
    return events;
  }

  /**
   * Takes the end of the stream, also where it broke.
   *
   * @returns what has begun, as stray: an event or JSON without its end does not count, but may report a failure
   */
  end(): ServerSentEvent[] {
    const events = this.#read(this.#decoder.decode());
    const line = this.#complete('');
    const isBegun = this.#data !== null || (!line.startsWith(':') && line.replaceAll(' ', '') !== '');
    const found = [...events, this.#readLine(line), this.#endEvent()].filter((event) => event !== null);
    this.#isCut ||= isBegun && !found.some(({ data, isStray }) => isStray || data.trim() === END_OF_STREAM);
    return found.map((event) => ({ ...event, isStray: true }));
  }

  /** Whether the stream has ended in the middle of an event. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether there were lines that no stream of events has, and no event: something else than an API has answered. */
  get isForeign(): boolean {
    return this.#hasForeignLines && !this.#hasEvents;
  }

  #complete(rest: string): string {
    if (this.#line.length === 0) return rest;
    this.#line.append(rest);
    return this.#line.take();
  }

  #readLine(line: string): ServerSentEvent | null {
    this.#bound(line.length);
    if (line === '') return this.#endEvent();
    if (!this.#readField(line)) return this.#readStray(line);
    this.#stray.interrupt();
    return null;
  }

  /** @returns whether it is a line of a stream of events */
  #readField(line: string): boolean {
    const data = valueOf('data', line);
    if (data !== null) {
      this.#addData(data);
      return true;
    }
    const type = valueOf('event', line);
    if (type !== null) this.#type = type;
    return type !== null || line.startsWith(':') || otherFields.some((name) => valueOf(name, line) !== null);
  }

  #addData(line: string): void {
    if (this.#data === null) this.#data = line;
    else {
      this.#moreData.append(LINE_FEED);
      this.#moreData.append(line);
    }
    this.#bound(this.#data.length + this.#moreData.length);
  }

  #readStray(line: string): ServerSentEvent | null {
    this.#hasForeignLines = true;
    const data = this.#stray.add(line);
    return data === null ? null : { type: '', data, isStray: true };
  }

  #endEvent(): ServerSentEvent | null {
    const type = this.#type;
    const first = this.#data;
    this.#type = '';
    this.#data = null;
    if (first === null) return null;
    this.#hasEvents = true;
    const data = this.#moreData.length > 0 ? first + this.#moreData.take() : first;
    return { type, data, isStray: false };
  }

  #bound(length: number): void {
    if (length > this.maxEventLength) throw new ProviderUnavailableError();
  }
}

/** Infinity where there is none. */
function indexOf(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index < 0 ? Infinity : index;
}

/** The value of a line's field; null where it is another one. */
function valueOf(name: string, line: string): string | null {
  if (!line.startsWith(name)) return null;
  if (line.length === name.length) return '';
  if (line[name.length] !== ':') return null;
  return line.slice(line[name.length + 1] === ' ' ? name.length + 2 : name.length + 1);
}
