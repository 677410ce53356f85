/**
 * What a message says, in any provider's form: its texts, and in place of each image and file what it is.
 *
 * @param {unknown} content a text, or a list of parts
 * @returns {string}
 */
export function textOfContent(content) {
  if (!Array.isArray(content)) return String(content ?? '');
  return content.map(textOfPart).join('\n');
}

/** Whether a list of parts says anything. @param {readonly any[]} parts */
export const isSaid = (parts) => parts.some((part) => textOfPart(part) !== '');

/** @param {any} part @returns {string} */
function textOfPart(part) {
  const media = mediaIn(part);
  if (media) return `[${media.mimeType}, ${media.bytes} bytes]`;
  // Anthropic has a file of text as a document.
  return String(part?.text ?? part?.source?.data ?? '');
}

/** @param {any} part @returns {{ mimeType: string, bytes: number } | null} */
function mediaIn(part) {
  const {
    inlineData,
    source,
    image_url: image,
    file,
    file_data: fileData,
    document_url: document,
  } = part ?? {};
  if (inlineData) return toMedia(inlineData.mimeType, inlineData.data);
  if (source?.type === 'base64') return toMedia(source.media_type, source.data);
  const url = image?.url ?? image ?? file?.file_data ?? fileData ?? document;
  const [, mimeType, data] = typeof url === 'string' ? (/^data:([^;]*);base64,(.*)$/s.exec(url) ?? []) : [];
  return mimeType === undefined ? null : toMedia(mimeType, data ?? '');
}

/** @param {string} mimeType @param {string} data */
function toMedia(mimeType, data) {
  return { mimeType, bytes: Buffer.from(data, 'base64').length };
}
