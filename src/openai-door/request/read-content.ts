import { ObjectReader } from './object-reader.js';
import { readFile } from './read-file.js';
import { readImage } from './read-image.js';

/** More than the schema takes: there it is refused by their number. */
const MOST_LOOKED_AT = 1_001;

/** A part of a message, as the API's schema has it. */
export type PartValue = { readonly text: string } | { readonly image: object } | { readonly file: object };

/** What a message says, as the API's schema has it: a text (null: nothing), or parts. */
export type ContentValue = { readonly content: string | null } | { readonly parts: readonly PartValue[] };

/**
 * The content of a message: a text, or parts.
 *
 * @param takesMedia whether the author of the message may show images and files
 */
export function readContent(message: ObjectReader, takesMedia: boolean): ContentValue {
  const content = message.any('content');
  if (content === null || typeof content === 'string') return { content };
  if (!Array.isArray(content)) {
    message.refuse('content', 'must be a text, or a list of parts');
    return { content: null };
  }
  const parts: PartValue[] = [];
  for (const [index, item] of content.slice(0, MOST_LOOKED_AT).entries()) {
    if (message.violations.areMany) break;
    const part = ObjectReader.open(item, `${message.at('content')}[${index}]`, message.violations);
    const value = part && readPart(part, takesMedia);
    if (value) parts.push(value);
  }
  return { parts };
}

function readPart(part: ObjectReader, takesMedia: boolean): PartValue | null {
  const type = part.oneOf('type', takesMedia ? ['text', 'image_url', 'file'] : ['text']);
  if (type === null) {
    if (part.any('type') === null) part.refuse('type', 'is required');
    return null;
  }
  const value = type === 'text' ? toText(part) : toMedia(part, type);
  part.close();
  return value;
}

const toText = (part: ObjectReader): PartValue => ({ text: part.requiredText('text') });

function toMedia(part: ObjectReader, type: 'image_url' | 'file'): PartValue | null {
  if (type === 'file') {
    const file = readFile(part);
    return file && { file };
  }
  const image = readImage(part);
  return image && { image };
}
