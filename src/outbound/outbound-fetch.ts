import { EventSizeLimit } from './event-size-limit.js';
import type { OutboundRequest, OutboundResponse } from './outbound-http.js';
import { ProviderUnavailableError } from './upstream-error.js';

/** What the providers' packages do not bound themselves. */
export interface FetchLimits {
  /** The only request headers that are sent, in lower case: packages add some that their environment names. */
  readonly requestHeaders?: readonly string[];
  /** A successful answer is a stream of server-sent events, of which none is larger than this. */
  readonly maxEventBytes?: number;
}

/** Packages read the whole body of an error; what is longer is cut. */
const MAX_ERROR_BODY_BYTES = 65_536;

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
  const pass = status >= 400 ? cutAfter(MAX_ERROR_BODY_BYTES) : passEvents(limits.maxEventBytes);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await body.next();
          if (next.done !== true && pass(next.value)) {
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
        await body.return?.();
      },
    },
    // Nothing is read ahead: whoever reads the stream pulls from the socket.
    { highWaterMark: 0 },
  );
}

/** Looks at each chunk: true lets it pass, false ends the body before it. */
type Gate = (chunk: Uint8Array) => boolean;

function cutAfter(maxBytes: number): Gate {
  let bytes = 0;
  return (chunk) => (bytes += chunk.length) <= maxBytes;
}

function passEvents(maxEventBytes: number | undefined): Gate {
  if (maxEventBytes === undefined) return () => true;
  const limit = new EventSizeLimit(maxEventBytes);
  return (chunk) => {
    limit.add(chunk);
    return true;
  };
}
