import { ProviderUnavailableError } from './upstream-error.js';
import {
  findUpstreamError,
  toUpstreamError,
  type FailureTable,
  type UpstreamFailure,
} from './upstream-failure.js';

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
    [409, 'PROVIDER_UNAVAILABLE'],
    [413, 'PROVIDER_BAD_REQUEST'],
    [422, 'PROVIDER_BAD_REQUEST'],
    [429, 'PROVIDER_RATE_LIMITED'],
    [499, 'PROVIDER_UNAVAILABLE'],
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

  it('says that a retry helps after what was given up or in the way', () => {
    for (const status of [409, 499]) expect(toUpstreamError({ status }, table).retryable).toBe(true);
  });

  describe('a policy', () => {
    const policies = [
      'cyber_policy',
      'bio_policy',
      'usage_policy',
      'content_policy_violation',
      'image_content_policy_violation',
      'CONTENT_POLICY_VIOLATION',
      'something-new_policy.v2',
      'safety_policies',
      'policy_violation',
    ];

    it.each(policies)('refuses the request where a code is %s, with any status and other codes', (code) => {
      for (const status of [null, 400, 401, 403, 429, 500]) {
        for (const codes of [[code], ['invalid_key', code], [code, 'no_money'], [null, code]]) {
          const error = toUpstreamError({ status, codes }, table);
          expect(error).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', retryable: false, mayMoveOn: false });
        }
      }
    });

    it.each(['policyholder', 'cyber_policyholder', 'a sentence about _policy', `${'x'.repeat(500)}_policy`])(
      'is not named by %j',
      (code) => {
        expect(codeOf({ status: 401, codes: [code] })).toBe('KEY_REJECTED');
      },
    );
  });

  describe('inside a stream', () => {
    it('takes an unknown code for an outage that no other provider is asked for', () => {
      for (const codes of [[], ['something_new'], [null, 7]]) {
        expect(toUpstreamError({ status: null, codes }, table)).toMatchObject({
          code: 'PROVIDER_UNAVAILABLE',
          retryable: true,
          mayMoveOn: false,
        });
      }
    });

    it.each(['invalid_request', 'invalid_request_error', 'invalid_request_something'])(
      'takes %s for a refusal of the request where no code is known',
      (type) => {
        expect(codeOf({ status: null, codes: [type] })).toBe('PROVIDER_BAD_REQUEST');
        expect(codeOf({ status: null, codes: ['something_new', type] })).toBe('PROVIDER_BAD_REQUEST');
        expect(codeOf({ status: null, codes: ['no_money', type] })).toBe('KEY_EXHAUSTED');
        expect(codeOf({ status: 401, codes: [type] })).toBe('KEY_REJECTED');
      },
    );
  });

  it.each([
    [401, true],
    [402, true],
    [403, true],
    [408, true],
    [409, true],
    [429, true],
    [499, true],
    [500, true],
    [503, true],
    [400, false],
    [404, false],
    [413, false],
  ])('knows whether another provider may be asked after a %i: %s', (status, mayMoveOn) => {
    expect(toUpstreamError({ status }, table).mayMoveOn).toBe(mayMoveOn);
  });

  it('lets others be asked where a country is not served', () => {
    const error = toUpstreamError({ status: 403, codes: ['here'] }, { codes: { here: 'notServedHere' } });
    expect(error).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: false, mayMoveOn: true });
    expect(error).toBeInstanceOf(ProviderUnavailableError);
  });

  it('carries the time to wait and the name of the input', () => {
    expect(toUpstreamError({ status: 429, retryAfterMs: 1500 }, table).retryAfterMs).toBe(1500);
    expect(toUpstreamError({ status: 503, retryAfterMs: 1500 }, table).retryAfterMs).toBe(1500);
    expect(toUpstreamError({ status: 400, parameter: 'temperature' }, table)).toMatchObject({
      parameter: 'temperature',
    });
  });
});

describe('findUpstreamError', () => {
  it('finds none where neither a code nor a status says that something is wrong', () => {
    for (const failure of [{ status: null }, { status: 200, codes: ['other', null] }]) {
      expect(findUpstreamError(failure, table)).toBeNull();
    }
  });

  it('finds what a code or a status says', () => {
    expect(findUpstreamError({ status: 200, codes: ['no_money'] }, table)?.code).toBe('KEY_EXHAUSTED');
    expect(findUpstreamError({ status: 429 }, table)?.code).toBe('PROVIDER_RATE_LIMITED');
  });
});
