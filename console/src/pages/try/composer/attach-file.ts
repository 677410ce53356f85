import type { MediaInput } from '../../../generated/try';
import { RefusedError } from '../../../server/server-error';
import { freshToken } from '../../../session/session';

/** The most in one chat. */
export const MOST_FILES = 100;
/** What is larger is sent before the question: a request has room for a megabyte in all. */
const INLINE_BYTES = 48 * 1024;
const INLINE_BYTES_IN_ALL = 384 * 1024;
/** A file of an unknown type that is larger is no text that somebody wrote. */
const MOST_TEXT_BYTES = 2 * 1024 * 1024;

const IMAGES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
/** For the dialog in which a file is chosen. */
export const ACCEPTED = [
  ...IMAGES,
  'application/pdf',
  'application/json',
  'text/*',
  '.md',
  '.csv',
  '.log',
].join(',');

export type FileProblem = 'fileType' | 'fileSize' | 'fileCount';

/** What a file is to a model: an image, a document or a text; null where it is none of these. */
export async function kindOf(file: File): Promise<{ kind: 'image' | 'file'; mimeType: string } | null> {
  const type = file.type.split(';')[0]?.trim() ?? '';
  if (IMAGES.includes(type)) return { kind: 'image', mimeType: type };
  if (type === 'application/pdf' || type === 'application/json' || type.startsWith('text/'))
    return { kind: 'file', mimeType: type };
  return (await isText(file)) ? { kind: 'file', mimeType: 'text/plain' } : null;
}

async function isText(file: File): Promise<boolean> {
  if (file.size > MOST_TEXT_BYTES || /^(image|audio|video\/(?!mp2t)|font)/.test(file.type)) return false;
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()).includes('\0');
  } catch {
    return false;
  }
}

/**
 * Makes a file ready to go with a question.
 *
 * @param inlineBytes how much goes within the request already, of this question and those before it
 * @throws what the server answered, or what the way there threw
 */
export async function mediaOf(file: File, mimeType: string, inlineBytes: number): Promise<MediaInput> {
  const isSmall = file.size <= INLINE_BYTES && inlineBytes + file.size <= INLINE_BYTES_IN_ALL;
  return isSmall
    ? { data: await base64Of(file), mimeType, name: file.name }
    : { attachmentId: await send(file, mimeType) };
}

/** How much of a request what is ready takes. */
export const bytesOf = ({ data }: MediaInput): number => Math.floor(((data?.length ?? 0) * 3) / 4);

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8_192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
}

async function send(file: File, mimeType: string): Promise<string> {
  const form = new FormData();
  form.append('file', new File([file], file.name, { type: mimeType }));
  const headers = { authorization: `Bearer ${await freshToken()}` };
  const response = await fetch('/attachments', { method: 'POST', headers, body: form });
  const { id, errors } = (await response.json()) as { id?: string; errors?: unknown[] };
  if (id === undefined) throw new RefusedError(errors ?? []);
  return id;
}
