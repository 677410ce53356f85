import { readDataUrl } from './data-url.js';
import type { ObjectReader } from './object-reader.js';

/** A file of a message, as the API's schema has it: within the request, or one of the user's attachments; null where it is refused. */
export function readFile(part: ObjectReader): object | null {
  const file = part.reader('file');
  if (!file) {
    if (part.any('file') === null) part.refuse('file', 'is required');
    return null;
  }
  const name = file.text('filename');
  const attachmentId = file.text('file_id');
  const data = file.text('file_data');
  file.close();
  if (attachmentId !== null && data === null) return { attachmentId, name };
  if (attachmentId !== null) return file.refuse('file_data', 'cannot stand beside file_id');
  const content = data === null ? null : readDataUrl(data);
  return content ? { ...content, name } : file.refuse('file_data', 'must be data:<type>;base64,<data>');
}
