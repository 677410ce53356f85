import { failureOf } from '../../test/support/collect.js';
import { readErrorAnswer } from './error-answer.js';
import type { OutboundResponse } from './outbound-http.js';
import { ProviderDownError, ProviderTimeoutError, ProviderTruncatedError } from './upstream-error.js';

type Piece = string | Uint8Array | Error;

function answer(
  status: number,
  pieces: readonly Piece[],
  headers: Record<string, string> = {},
): OutboundResponse {
  async function* body(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      yield Buffer.from(piece);
    }
  }
  return { status, headers: new Headers(headers), body: body() };
}

const read = (status: number, pieces: readonly Piece[], headers?: Record<string, string>) =>
  readErrorAnswer(answer(status, pieces, headers), new AbortController().signal);

const STATUSES = [400, 401, 402, 403, 404, 408, 413, 429, 500, 503];

describe('readErrorAnswer', () => {
  it.each([
    ['a page', ['<!DOCTYPE html><title>Just a moment...</title>']],
    ['a text', ['Forbidden']],
    ['nothing', []],
    ['white space', [' \n']],
    ['JSON that is cut', ['{"error":{"code":"invalid_api']],
    ['JSON whose connection breaks', ['{"error":', new ProviderTruncatedError()]],
    ['JSON that does not come', ['{"error":', new ProviderTimeoutError()]],
    ['JSON that is too long', [`{"error":"${'x'.repeat(70_000)}"}`]],
    ['JSON that would keep a parser busy', ['['.repeat(1000) + ']'.repeat(1000)]],
    ['JSON with something behind it', ['{"error":{"code":"invalid_api_key"}}<html>']],
    ['a JSON text', ['"Unauthorized"']],
    ['a JSON number', ['401']],
    ['a JSON null', ['null']],
    ['a JSON true', ['true']],
    ['JSON in UTF-16', [Buffer.from('{"error":{}}', 'utf16le')]],
  ])('takes %s for the answer of something else, with any status', async (_name, pieces) => {
    for (const status of STATUSES) {
      for (const type of ['text/html', 'application/json', 'application/json; charset=utf-16', '']) {
        const failure = await failureOf(read(status, pieces, { ...(type && { 'content-type': type }) }));
        expect(failure).toBeInstanceOf(ProviderDownError);
        expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: null });
      }
    }
  });

  it.each([
    ['an object', ['{"error":{"code":"x"}}'], { error: { code: 'x' } }],
    ['an empty one', ['{}'], {}],
    ['a list', ['[{"error":', '{}}]'], [{ error: {} }]],
    ['one with a mark at its beginning', ['\uFEFF{"a":1}'], { a: 1 }],
    ['one between white space', ['\n {"a":1}\r\n'], { a: 1 }],
  ])('reads %s, with any content type', async (_name, pieces, body) => {
    for (const type of ['application/json', 'text/html; charset=iso-8859-1', 'text/event-stream', '']) {
      const found = await read(403, pieces, { ...(type && { 'content-type': type }), 'retry-after': '3' });
      expect(found).toEqual({ status: 403, body, retryAfterMs: 3000 });
    }
  });

  it('keeps when to come back, also where nothing else can be read', async () => {
    expect(await failureOf(read(429, ['<html>'], { 'retry-after': '3' }))).toMatchObject({
      retryAfterMs: 3000,
    });
  });

  it('throws the reason of an abort', async () => {
    const reason = new Error('left');
    const failure = readErrorAnswer(answer(401, ['<html>']), AbortSignal.abort(reason));
    expect(await failureOf(failure)).toBe(reason);
  });
});
