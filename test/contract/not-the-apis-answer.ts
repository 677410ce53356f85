/** Answers that no API gives: with any status, they say nothing about the key. */
export const foreignAnswers: readonly (readonly [name: string, body: string, contentType: string | null])[] =
  [
    ['a page of a CDN', '<!DOCTYPE html><title>Just a moment...</title>', 'text/html; charset=UTF-8'],
    ['a page that is called JSON', '<html>', 'application/json'],
    ['a text', 'upstream connect error', 'text/plain'],
    ['nothing', '', null],
    ['cut JSON', '{"error":{"code":"invalid_api', 'application/json'],
    ['JSON that is too long', `{"error":"${'x'.repeat(70_000)}"}`, 'application/json'],
    ['a JSON text', '"Unauthorized"', 'application/json'],
    ['a JSON null', 'null', 'application/json'],
  ];

export const foreignStatuses = [
  400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 432, 499, 500, 502, 503, 529,
];

export function toReply(status: number, body: string, contentType: string | null) {
  return { status, body, headers: contentType === null ? {} : { 'content-type': contentType } };
}
