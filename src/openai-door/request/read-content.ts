import { ObjectReader } from './object-reader.js';
import { readImage } from './read-image.js';

/** A part of a message, as the API's schema has it. */
export type PartValue = { readonly text: string } | { readonly image: object };

/** What a message says, as the API's schema has it: a text (null: nothing), or parts. */
export type ContentValue = { readonly content: string | null } | { readonly parts: readonly PartValue[] };

/**
 * The content of a message: a text, or parts. Where all of these are texts they are one, each on lines of its own.
 *
 * @param takesImages whether the author of the message may show some
 */
export function readContent(message: ObjectReader, takesImages: boolean): ContentValue {
  const content = message.any('content');
  if (content === null || typeof content === 'string') return { content };
  if (!Array.isArray(content)) {
    message.refuse('content', 'must be a text, or a list of parts');
    return { content: null };
  }
  const parts: PartValue[] = [];
  for (const [index, item] of content.entries()) {
    if (message.violations.areMany) break;
    const part = ObjectReader.open(item, `${message.at('content')}[${index}]`, message.violations);
    const value = part && readPart(part, takesImages);
    if (value) parts.push(value);
  }
  const texts = parts.flatMap((part) => ('text' in part ? [part.text] : []));
  return texts.length === parts.length ? { content: texts.join('\n') } : { parts };
}

function readPart(part: ObjectReader, takesImages: boolean): PartValue | null {
  const type = part.oneOf('type', takesImages ? ['text', 'image_url'] : ['text']);
  if (type === null) {
    if (part.any('type') === null) part.refuse('type', 'is required');
    return null;
  }
  const image = type === 'image_url' ? readImage(part) : null;
  const text = type === 'text' ? part.requiredText('text') : null;
  part.close();
  return text === null ? image && { image } : { text };
}
