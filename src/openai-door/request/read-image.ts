import type { ObjectReader } from './object-reader.js';

const SCHEME = 'data:';
const ENCODING = ';base64';
/** More than any media type is long. */
const MOST_OF_TYPE = 200;

/**
 * An image of a message, as the API's schema has it; null where it is refused. It comes with the request (RFC 2397): no address
 * is ever fetched for one, for a client would have this server look where it cannot look itself.
 */
export function readImage(part: ObjectReader): object | null {
  const image = part.reader('image_url');
  if (!image) {
    if (part.any('image_url') === null) part.refuse('image_url', 'is required');
    return null;
  }
  const url = image.requiredText('url');
  image.onlyDefaults('detail', ['auto']);
  image.close();
  const head = url.slice(0, MOST_OF_TYPE).split(',', 1)[0] ?? '';
  const isData = head.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  const isEncoded = head.slice(-ENCODING.length).toLowerCase() === ENCODING;
  if (!isData || !isEncoded || head.length === url.length)
    return image.refuse('url', 'must be data:<type>;base64,<data>: this server fetches no address');
  const mimeType = head.slice(SCHEME.length, -ENCODING.length).toLowerCase();
  return { mimeType, data: url.slice(head.length + 1) };
}
