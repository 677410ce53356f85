const SCHEME = 'data:';
const ENCODING = ';base64';
/** More than any media type is long. */
const MOST_OF_TYPE = 200;

/** What a `data:` URL in base64 has (RFC 2397), as the API's schema has it; null for anything else. */
export function readDataUrl(url: string): { readonly mimeType: string; readonly data: string } | null {
  const head = url.slice(0, MOST_OF_TYPE).split(',', 1)[0] ?? '';
  const isData = head.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  const isEncoded = head.slice(-ENCODING.length).toLowerCase() === ENCODING;
  if (!isData || !isEncoded || head.length === url.length) return null;
  const mimeType = head.slice(SCHEME.length, -ENCODING.length).toLowerCase();
  return { mimeType, data: url.slice(head.length + 1) };
}
