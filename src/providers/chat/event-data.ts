import { parseJson } from '../../outbound/read-json.js';
import { END_OF_STREAM, type ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import { valueAt } from './value-at.js';

/**
 * The JSON of an event; undefined for one that has nothing to say: some gateways send such to keep a connection open.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for what is no JSON, or more than a parser should be given
 */
export function dataOf({ data }: ServerSentEvent): unknown {
  const text = data.trim();
  return text === '' || text === END_OF_STREAM ? undefined : parseJson(text);
}

/** What an event is: its data says so, and where that does not, the event's name. */
export function typeOf({ type }: ServerSentEvent, data: unknown): unknown {
  return valueAt(data, 'type') ?? type;
}
