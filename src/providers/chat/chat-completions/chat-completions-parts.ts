import { type ContentPart, isTextFile, type MediaPart } from '../media.js';
import { dataUrlOf, namedTextOf } from '../media-slots.js';

type Part = Readonly<Record<string, unknown>>;

/** How an API takes a PDF. */
export type ToPdf = (part: MediaPart) => Part;

/** https://platform.openai.com/docs/guides/pdf-files?api-mode=chat, and OpenRouter: https://openrouter.ai/docs/features/multimodal/pdfs */
export const toFilePart: ToPdf = (part) => ({
  type: 'file',
  file: { filename: part.name ?? 'document.pdf', file_data: dataUrlOf(part) },
});

/** https://docs.mistral.ai/capabilities/document_ai/document_qna */
export const toDocumentPart: ToPdf = (part) => ({ type: 'document_url', document_url: dataUrlOf(part) });

/** https://platform.openai.com/docs/guides/images-vision?api-mode=chat */
export function toPart(part: ContentPart, toPdf: ToPdf): Part {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'image') return { type: 'image_url', image_url: { url: dataUrlOf(part) } };
  return isTextFile(part) ? { type: 'text', text: namedTextOf(part) } : toPdf(part);
}
