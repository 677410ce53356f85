import { turnIsOver } from '../common/event-loop-turn.js';
import type { OutboundRequest, OutboundResponse } from './outbound-http.js';
import { parseJson } from './read-json.js';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-event-parser.js';
import { ProviderUnavailableError } from './upstream-error.js';

/** What the providers' packages do not bound themselves. */
export interface FetchLimits {
  /** The only request headers that are sent, in lower case: packages add some that their environment names. */
  readonly requestHeaders?: readonly string[];
  /** A successful answer is a stream of server-sent events with JSON, of which none is larger than this. */
  readonly maxEventBytes?: number;
}

/** Packages read the whole body of an error; what is longer is cut. */
const MAX_ERROR_BODY_BYTES = 65_536;
/** Small events that come together are handed over together: each piece costs its reader about the same. */
const MERGED_LENGTH = 2_048;

type Send = (
  request: Omit<OutboundRequest, 'firstByteTimeoutMs' | 'idleTimeoutMs'>,
) => Promise<OutboundResponse>;

/**
 * A `fetch` for packages that take one. It knows what they use: a URL, a text as body, GET and POST.
 * It rejects as {@link OutboundRequest} does, and so does the body of its response.
 */
export function toFetch(send: Send, limits: FetchLimits): typeof fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('This fetch takes a URL.');
    const response = await send({
      method: init.method === 'POST' ? 'POST' : 'GET',
      url: String(input),
      headers: pickHeaders(new Headers(init.headers), limits.requestHeaders),
      body: toText(init.body),
      signal: init.signal ?? new AbortController().signal,
    });
    const { status, headers } = response;
    try {
      return new Response(toStream(response, limits), { status, headers });
    } catch {
      // A status that no Response can have (205 with a body, or none of HTTP's): nobody would close the connection.
      await response.body.return?.();
      throw new ProviderUnavailableError();
    }
  };
}

function pickHeaders(headers: Headers, allowed: readonly string[] | undefined): Record<string, string> {
  const entries = [...headers];
  return Object.fromEntries(allowed ? entries.filter(([name]) => allowed.includes(name)) : entries);
}

function toText(body: RequestInit['body']): string | undefined {
  if (body === null || body === undefined || typeof body === 'string') return body ?? undefined;
  throw new TypeError('This fetch takes a text as body.');
}

function toStream({ status, body }: OutboundResponse, limits: FetchLimits): ReadableStream<Uint8Array> {
  const pieces = piecesOf(body, status, limits)[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await pieces.next();
          if (next.done !== true) {
            controller.enqueue(next.value);
            return;
          }
          await body.return?.();
          controller.close();
        } catch (error) {
          await body.return?.();
          throw error;
        }
      },
      async cancel() {
        // Not that of the pieces, which would wait for the next one.
        await body.return?.();
      },
    },
    // Nothing is read ahead: whoever reads the stream pulls from the socket.
    { highWaterMark: 0 },
  );
}

function piecesOf(
  body: OutboundResponse['body'],
  status: number,
  { maxEventBytes }: FetchLimits,
): AsyncIterable<Uint8Array> {
  if (status >= 400) return beginningOf(body, MAX_ERROR_BODY_BYTES);
  return maxEventBytes === undefined ? body : wholeEvents(body, maxEventBytes);
}

async function* beginningOf(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return;
    yield chunk;
  }
}

/** What some APIs, and gateways that speak like them, end a stream with. It is no JSON. */
const END_OF_STREAM = '[DONE]';

/**
 * The events of a body, written anew: packages' readers search all that they have of an event again for each piece of
 * it, keep what they skip, fail at what the specification allows (an event without data, mixed line ends), and print
 * what is no JSON to the process's own output, whatever their log level.
 */
async function* wholeEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventBytes: number,
): AsyncGenerator<Uint8Array> {
  const parser = new ServerSentEventParser(maxEventBytes);
  for await (const chunk of body) {
    for (const piece of merge(parser.feed(chunk))) {
      const pause = turnIsOver();
      if (pause) await pause;
      yield Buffer.from(piece);
    }
  }
}

function* merge(events: Iterable<ServerSentEvent>): Generator<string> {
  let merged = '';
  for (const event of events) {
    if (event.data !== END_OF_STREAM) parseJson(event.data);
    const text = write(event);
    if (merged !== '' && merged.length + text.length > MERGED_LENGTH) {
      yield merged;
      merged = '';
    }
    merged += text;
  }
  if (merged !== '') yield merged;
}

/** On one line: in JSON a line break stands for a space. */
function write({ type, data }: ServerSentEvent): string {
  const line = data.includes('\n') ? data.replaceAll('\n', ' ') : data;
  return `${type === '' ? '' : `event: ${type}\n`}data: ${line}\n\n`;
}
