import { turnIsOver } from '../common/event-loop-turn.js';
import { ServerSentEventParser } from '../outbound/server-sent-event-parser.js';

/**
 * The data of each server-sent event in a body. Between two events others have their turn of the event loop, however
 * fast they come.
 *
 * @param maxEventBytes the most that an event's data may have
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE when an event is larger; what the body's iteration throws
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventBytes: number,
): AsyncGenerator<string, void> {
  const parser = new ServerSentEventParser(maxEventBytes);
  for await (const chunk of body) {
    for (const { data } of parser.feed(chunk)) {
      const pause = turnIsOver();
      if (pause) await pause;
      yield data;
    }
  }
}
