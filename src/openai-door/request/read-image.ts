import { readDataUrl } from './data-url.js';
import type { ObjectReader } from './object-reader.js';

/**
 * An image of a message, as the API's schema has it; null where it is refused. It comes with the request: no address is ever
 * fetched for one, for a client would have this server look where it cannot look itself.
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
  return (
    readDataUrl(url) ??
    image.refuse('url', 'must be data:<type>;base64,<data>: this server fetches no address')
  );
}
