import { createParser } from 'eventsource-parser';
import { ProviderUnavailableError } from '../outbound/upstream-error.js';

/**
 * The data of each server-sent event in a body (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * @param maxEventLength characters
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE when an event is longer; what the body's iteration throws
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventLength: number,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let events: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => events.push(data),
    onError({ type }) {
      // The other complaints are about fields that the specification tells to ignore.
      if (type === 'max-buffer-size-exceeded') throw new ProviderUnavailableError();
    },
    maxBufferSize: maxEventLength,
  });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    const complete = events;
    events = [];
    for (const data of complete) yield data;
  }
}
