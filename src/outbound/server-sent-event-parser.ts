import { ByteBuffer } from './byte-buffer.js';
import { StrayJson } from './stray-json.js';
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

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const BREAK = Uint8Array.of(LINE_FEED);
const NOTHING = new Uint8Array();
const otherFields = ['id', 'retry'];

/**
 * Reads a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), with `event`
 * and `data` as its only fields: `id` and `retry` are for a client that connects again by itself. An event without a
 * field `data`, and one that the stream's end cut, is none. JSON between the events, which the standard ignores, is
 * handed on as such ({@link StrayJson}).
 *
 * However the bytes are cut and whatever they say, it looks at each of them a few times at the most, and keeps no more
 * than one event, one line and one stray text.
 */
export class ServerSentEventParser {
  readonly #line = new ByteBuffer();
  readonly #data = new ByteBuffer();
  #type = '';
  #dataLines = 0;
  readonly #stray = new StrayJson();
  #isFirstLine = true;
  #hasForeignLines = false;
  #hasEvents = false;
  #isCut = false;
  /** The last byte was a carriage return: a line feed after it ends no other line. */
  #isAfterReturn = false;

  /** @param maxEventBytes the most that an event's data, and any line, may have */
  constructor(private readonly maxEventBytes: number) {}

  /**
   * @returns the events that the chunk completes
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE when an event is too large
   */
  feed(chunk: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let start = this.#isAfterReturn && chunk[0] === LINE_FEED ? 1 : 0;
    if (chunk.length > 0) this.#isAfterReturn = false;
    for (let end = lineEnd(chunk, start); end < chunk.length; end = lineEnd(chunk, start)) {
      const event = this.#readLine(this.#complete(chunk.subarray(start, end)));
      if (event) events.push(event);
      start = end + 1;
      if (chunk[end] !== CARRIAGE_RETURN) continue;
      if (chunk[start] === LINE_FEED) start += 1;
      else this.#isAfterReturn = start === chunk.length;
    }
    if (start < chunk.length) this.#line.append(chunk.subarray(start));
    this.#bound(this.#line.length);
    return events;
  }

  /**
   * Takes the end of the stream, also where it broke.
   *
   * @returns what has begun, as stray: the event or the JSON that nobody has ended is none, but may tell of a failure
   */
  end(): ServerSentEvent[] {
    const line = this.#complete(NOTHING);
    const isBegun = this.#dataLines > 0 || (line[0] !== COLON && line.some((byte) => byte !== SPACE));
    const found = [this.#readLine(line), this.#endEvent()].filter((event) => event !== null);
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

  #complete(rest: Uint8Array): Uint8Array {
    if (this.#line.length === 0) return rest;
    this.#line.append(rest);
    const line = this.#line.bytes;
    this.#line.clear();
    return line;
  }

  #readLine(line: Uint8Array): ServerSentEvent | null {
    const isMarked = this.#isFirstLine && BYTE_ORDER_MARK.every((byte, index) => line[index] === byte);
    this.#isFirstLine = false;
    this.#bound(line.length);
    if (line.length === 0) return this.#endEvent();
    const text = isMarked ? line.subarray(BYTE_ORDER_MARK.length) : line;
    if (!this.#readField(text)) return this.#readStray(text);
    this.#stray.interrupt();
    return null;
  }

  /** @returns whether it is a line of a stream of events */
  #readField(line: Uint8Array): boolean {
    const data = valueOf('data', line);
    if (data) {
      this.#bound(this.#data.length + data.length);
      if (this.#dataLines > 0) this.#data.append(BREAK);
      this.#data.append(data);
      this.#dataLines += 1;
      return true;
    }
    const type = valueOf('event', line);
    if (type) this.#type = Buffer.from(type).toString('utf8');
    return type !== null || line[0] === COLON || otherFields.some((name) => valueOf(name, line) !== null);
  }

  #readStray(line: Uint8Array): ServerSentEvent | null {
    this.#hasForeignLines = true;
    const data = this.#stray.add(line);
    return data === null ? null : { type: '', data, isStray: true };
  }

  #endEvent(): ServerSentEvent | null {
    const type = this.#type;
    const hasData = this.#dataLines > 0;
    this.#type = '';
    this.#dataLines = 0;
    if (!hasData) return null;
    const data = this.#data.bytes.toString('utf8');
    this.#data.clear();
    this.#hasEvents = true;
    return { type, data, isStray: false };
  }

  #bound(bytes: number): void {
    if (bytes > this.maxEventBytes) throw new ProviderUnavailableError();
  }
}

function lineEnd(chunk: Uint8Array, start: number): number {
  let index = start;
  while (index < chunk.length && chunk[index] !== LINE_FEED && chunk[index] !== CARRIAGE_RETURN) index += 1;
  return index;
}

/** The value of a line's field; null where it is another one. */
function valueOf(name: string, line: Uint8Array): Uint8Array | null {
  for (let index = 0; index < name.length; index += 1) {
    if (line[index] !== name.charCodeAt(index)) return null;
  }
  if (line.length === name.length) return line.subarray(name.length);
  if (line[name.length] !== COLON) return null;
  return line.subarray(line[name.length + 1] === SPACE ? name.length + 2 : name.length + 1);
}
