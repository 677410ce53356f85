import type { ResponseInputContent } from 'openai/resources/responses/responses';
import { type ContentPart, isTextFile } from '../media.js';
import { dataUrlOf, namedTextOf } from '../media-slots.js';

/** https://platform.openai.com/docs/guides/images-vision and https://platform.openai.com/docs/guides/pdf-files */
export function toPart(part: ContentPart): ResponseInputContent {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  if (part.type === 'image') return { type: 'input_image', image_url: dataUrlOf(part), detail: 'auto' };
  if (isTextFile(part)) return { type: 'input_text', text: namedTextOf(part) };
  // The API wants a name with each file.
  return { type: 'input_file', filename: part.name ?? 'document.pdf', file_data: dataUrlOf(part) };
}
