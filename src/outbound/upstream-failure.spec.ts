import { toUpstreamError, type FailureTable, type UpstreamFailure } from './upstream-failure.js';

const table: FailureTable = { codes: { invalid_key: 'keyRejected', no_money: 'keyExhausted' } };

const codeOf = (failure: UpstreamFailure, of: FailureTable = table): string =>
  toUpstreamError(failure, of).code;

describe('toUpstreamError', () => {
  it.each([
    [301, 'PROVIDER_UNAVAILABLE'],
    [400, 'PROVIDER_BAD_REQUEST'],
    [401, 'KEY_REJECTED'],
    [402, 'KEY_EXHAUSTED'],
    [403, 'KEY_REJECTED'],
    [404, 'UNKNOWN_MODEL'],
    [408, 'PROVIDER_TIMEOUT'],
    [413, 'PROVIDER_BAD_REQUEST'],
    [422, 'PROVIDER_BAD_REQUEST'],
    [429, 'PROVIDER_RATE_LIMITED'],
    [500, 'PROVIDER_UNAVAILABLE'],
    [503, 'PROVIDER_UNAVAILABLE'],
    [504, 'PROVIDER_UNAVAILABLE'],
    [529, 'PROVIDER_UNAVAILABLE'],
  ])('takes a %i for %s', (status, expected) => {
    expect(codeOf({ status })).toBe(expected);
  });

  it('believes a code that the table knows before the status', () => {
    expect(codeOf({ status: 400, codes: ['invalid_key'] })).toBe('KEY_REJECTED');
    expect(codeOf({ status: 429, codes: ['new_code', 'no_money'] })).toBe('KEY_EXHAUSTED');
    expect(codeOf({ status: null, codes: ['no_money'] })).toBe('KEY_EXHAUSTED');
  });

  it.each([[['other']], [['constructor']], [['__proto__']], [[null, 7, { code: 'no_money' }]], [[]]])(
    'goes by the status for the codes %j',
    (codes) => {
      expect(codeOf({ status: 429, codes })).toBe('PROVIDER_RATE_LIMITED');
    },
  );

  it('lets a table give a status another meaning', () => {
    expect(codeOf({ status: 432 }, { codes: {}, statuses: { 432: 'keyExhausted' } })).toBe('KEY_EXHAUSTED');
  });

  it('takes an unknown failure inside a stream for an outage', () => {
    expect(codeOf({ status: null })).toBe('PROVIDER_UNAVAILABLE');
  });

  it('carries the time to wait and the name of the input', () => {
    expect(toUpstreamError({ status: 429, retryAfterMs: 1500 }, table).retryAfterMs).toBe(1500);
    expect(toUpstreamError({ status: 503, retryAfterMs: 1500 }, table).retryAfterMs).toBe(1500);
    expect(toUpstreamError({ status: 400, parameter: 'temperature' }, table)).toMatchObject({
      parameter: 'temperature',
    });
  });
});
