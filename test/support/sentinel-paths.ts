import { type Behaviour, cut, hang, redirect, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { chatCases } from '../contract/chat-adapter-cases.js';
import { engineCases } from '../contract/search-engine-cases.js';

/** One way in which a provider may answer, and the code that it ends with; null where that differs by provider. */
export type ProviderPath = readonly [name: string, behaviour: Behaviour, code: string | null];

const STATUSES = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 432, 433, 500, 502, 503, 529];

/** The key at every place in which some provider has ever said what was wrong. */
const echoOf = (key: string) => ({
  message: key,
  detail: { error: key },
  error: {
    message: key,
    type: key,
    code: key,
    param: key,
    status: key,
    details: [{ reason: key, field: key }],
  },
  errors: [{ code: key, message: key }],
});

/** What can happen with every provider. */
export function commonPaths(key: string): ProviderPath[] {
  const headers = { 'x-echo': key, 'www-authenticate': `Bearer error="${key}"`, 'retry-after': '20' };
  return [
    ...STATUSES.map((status): ProviderPath => [
      `status ${String(status)}`,
      reply({ status, headers, body: echoOf(key) }),
      null,
    ]),
    ['an error that is text', reply({ status: 400, headers, body: `Bad key ${key}` }), null],
    ['a redirect', redirect(`/elsewhere?key=${encodeURIComponent(key)}`), 'PROVIDER_UNAVAILABLE'],
    ['a page', reply({ status: 200, headers: { 'content-type': 'text/html' }, body: `<html>${key}` }), null],
    ['JSON of another shape', reply({ status: 200, body: echoOf(key) }), null],
    ['JSON that ends early', reply({ status: 200, body: `{"error":"${key}` }), null],
    ['a cut before the headers', cut(), 'PROVIDER_UNAVAILABLE'],
    ['a cut in the body', replay([`data: {"error":"${key}`], { then: 'cut' }), 'PROVIDER_TRUNCATED'],
    ['silence', hang(), 'PROVIDER_TIMEOUT'],
    ['silence in the body', replay([`data: {"error":"${key}`], { then: 'hang' }), 'PROVIDER_TIMEOUT'],
  ];
}

/** What one chat provider can answer. @throws where the contract suite does not know the provider */
export function chatPaths(id: string, key: string): ProviderPath[] {
  const wire = chatCases.find(({ entry }) => entry.id === id);
  if (!wire) throw new Error(`test/contract/chat-adapter-cases.ts has no case for ${id}.`);
  const words = wire.textEvent('words');
  return [
    ['a refused key', reply(wire.errors.badKey(key)), 'KEY_REJECTED'],
    ['spent credit', reply(wire.errors.exhausted(key)), 'KEY_EXHAUSTED'],
    ['too many requests', reply(wire.errors.rateLimit(key)), 'PROVIDER_RATE_LIMITED'],
    ...wire.furtherErrors.map(([code, answer]): ProviderPath => [`${code} at once`, reply(answer), code]),
    ...wire.streamErrors.map(([code, event]): ProviderPath => [
      `${code} in the stream`,
      replay([words, event(key)]),
      code,
    ]),
    ['an event that is malformed', replay([words, wire.malformedEvent.replace('{', `{"${key}":`)]), null],
    ['a stream without its end', replay([words]), 'PROVIDER_TRUNCATED'],
    ['a cut in the stream', replay([words], { then: 'cut' }), 'PROVIDER_TRUNCATED'],
    ['silence in the stream', replay([words], { then: 'hang' }), 'PROVIDER_TIMEOUT'],
  ];
}

/** What one search engine can answer. @throws where the contract suite does not know the engine */
export function searchPaths(id: string, key: string): ProviderPath[] {
  const wire = engineCases.find(({ entry }) => entry.id === id);
  if (!wire) throw new Error(`test/contract/search-engine-cases.ts has no case for ${id}.`);
  const { badKey, exhausted, rateLimit, badRequest, overloaded } = wire.errors;
  return [
    ['a refused key', reply(badKey(key)), 'KEY_REJECTED'],
    ['spent credit', reply(exhausted(key)), 'KEY_EXHAUSTED'],
    ['too many requests', reply(rateLimit(key)), 'PROVIDER_RATE_LIMITED'],
    ['a bad request', reply(badRequest(key)), 'PROVIDER_BAD_REQUEST'],
    ['an overloaded engine', reply(overloaded(key)), 'PROVIDER_UNAVAILABLE'],
    ...wire.furtherErrors.map(([code, answer]): ProviderPath => [
      `${code} by another answer`,
      reply(answer),
      code,
    ]),
  ];
}
