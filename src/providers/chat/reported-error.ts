import { valueAt } from './value-at.js';

/**
 * The failure that an answer or an event reports, however wrapped: `{"error":{…}}`, a list with that in it (Google,
 * where `alt=sse` was not understood on the way), `{"type":"error","error":{…}}`, or what an event that is called
 * `error` says itself.
 *
 * @param eventType the name of the event that it came in
 * @returns undefined where it reports none
 */
export function errorIn(data: unknown, eventType = ''): unknown {
  if (Array.isArray(data)) return data.map((entry) => errorIn(entry)).find((error) => error !== undefined);
  const error = valueAt(data, 'error');
  if (typeof error === 'object' && error !== null) return error;
  // vLLM calls it `object`.
  const isNamed =
    eventType === 'error' || valueAt(data, 'type') === 'error' || valueAt(data, 'object') === 'error';
  // Some put a sentence there, and their codes beside it.
  return isNamed || (typeof error === 'string' && error !== '') ? (data ?? {}) : undefined;
}
