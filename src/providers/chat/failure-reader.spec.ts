import { failureReader } from './failure-reader.js';
import { RefusedAdditionError } from './refused-addition.error.js';
import { valueAt } from './value-at.js';

const toFailure = failureReader({
  table: { codes: { no_money: 'keyExhausted', busy: 'rateLimited' } },
  codesOf: (error) => [valueAt(error, 'code'), valueAt(error, 'type')],
  complaintsOf: (error) => [valueAt(error, 'param')],
  inputs: [[/^temperature$/, 'temperature']],
  additions: [[/^summary$/, 'shownReasoning']],
  retryAfterMsOf: (error) => (valueAt(error, 'field') === 'wait' ? 7 : null),
});

describe('failureReader', () => {
  it.each([
    [429, 'PROVIDER_RATE_LIMITED'],
    ['503', 'PROVIDER_UNAVAILABLE'],
    [401, 'KEY_REJECTED'],
    [200, 'PROVIDER_UNAVAILABLE'],
    [429.5, 'PROVIDER_UNAVAILABLE'],
    [7, 'PROVIDER_UNAVAILABLE'],
    [{}, 'PROVIDER_UNAVAILABLE'],
  ])('takes the number %j inside a stream for the status that it names', (code, expected) => {
    expect(toFailure({ code }, null, null).code).toBe(expected);
  });

  it('believes the status of the answer more', () => {
    expect(toFailure({ code: 401 }, 503, null).code).toBe('PROVIDER_UNAVAILABLE');
  });

  it.each([
    ['the headers', { code: 'busy', field: 'wait', message: 'try again in 5s' }, 3, 3],
    ['the field', { code: 'busy', field: 'wait', message: 'try again in 5s' }, null, 7],
    ['the sentence', { code: 'busy', message: 'try again in 5s' }, null, 5000],
    ['nothing', { code: 'busy' }, null, null],
  ])('takes the time to wait from %s', (_name, error, headers, retryAfterMs) => {
    expect(toFailure(error, 429, headers)).toMatchObject({ retryAfterMs });
  });

  it('names the input that is complained about', () => {
    expect(toFailure({ param: 'temperature' }, 400, null)).toMatchObject({ parameter: 'temperature' });
  });

  it.each([
    ['image_parse_error', 'image'],
    ['invalid_base64_image', 'image'],
    ['unsupported_image_media_type', 'image'],
    ['You uploaded an unsupported image.', 'image'],
    ['contents[0].parts[1].inline_data.mime_type', 'image'],
    ['Could not process PDF', 'file'],
    ['The document has no pages.', 'file'],
    ['input[0].content[0].file_data', 'file'],
    ['messages.0.content.1.document.source.base64.data: too large', 'file'],
    ['Imagine that.', null],
    ['The profile of this account is documented nowhere.', null],
  ])('says of %j what it is about', (param, kind) => {
    expect(toFailure({ param }, 400, null)).toMatchObject({ complaint: { kind } });
  });

  it.each([
    ['messages.0.content.1.image.source: too large', ['messages', '0', 'content', '1', 'image', 'source']],
    ['input[2].content[10].image_url', ['input', '2', 'content', '10', 'image_url']],
    ['Bad: contents[0].parts[1]', ['contents', '0', 'parts', '1']],
    ['messages are too long', []],
  ])('says of %j where it is', (param, place) => {
    expect(toFailure({ param }, 400, null)).toMatchObject({ complaint: { place } });
  });

  it.each([400, 403, 404, 422, null])('names an addition of ours, and no input: %j', (status) => {
    const failure = toFailure({ param: 'summary' }, status, null);
    expect(failure).toBeInstanceOf(RefusedAdditionError);
    expect(failure).toMatchObject({
      code: 'PROVIDER_BAD_REQUEST',
      parameter: null,
      addition: 'shownReasoning',
    });
  });

  it('takes no outage for a refusal of an addition', () => {
    expect(toFailure({ param: 'summary' }, 500, null).code).toBe('PROVIDER_UNAVAILABLE');
  });
});
