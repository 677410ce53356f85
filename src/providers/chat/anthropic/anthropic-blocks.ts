import type {
  Base64ImageSource,
  ContentBlockParam,
  DocumentBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { type ContentPart, isTextFile, type MediaPart, PDF } from '../media.js';
import { base64Of, textOf } from '../media-slots.js';

/** https://platform.claude.com/docs/en/build-with-claude/vision and https://platform.claude.com/docs/en/build-with-claude/pdf-support */
export function toBlock(part: ContentPart): ContentBlockParam {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'file') return toDocument(part);
  const mediaType = part.mimeType as Base64ImageSource['media_type'];
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: base64Of(part) } };
}

function toDocument(part: MediaPart): DocumentBlockParam {
  const source: DocumentBlockParam['source'] = isTextFile(part)
    ? { type: 'text', media_type: 'text/plain', data: textOf(part) }
    : { type: 'base64', media_type: PDF, data: base64Of(part) };
  return { type: 'document', source, ...(part.name !== null && { title: part.name }) };
}
