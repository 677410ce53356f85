import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { AttachmentTooLargeError, NoFileError } from './attachment.errors.js';

const FIELD = 'file';
/** What a form has beside its file, at the most, in bytes. */
export const FORM_BYTES = 16 * 1024;
/** Of a part, more than any client sends. */
const LIMITS = { files: 1, parts: 1, headerPairs: 32, headerSize: 8 * 1024 };
/**
 * How much of a form is read in one go, in bytes. The reader does not stop within a piece: a socket's 64 KiB hold 3,800 parts
 * of nothing, each with a stream of its own, of which the second is one too many already.
 */
const PIECE_BYTES = 8 * 1024;

export interface ReceivedFile {
  /** What its sender calls it, without folders; null where there is none. */
  readonly name: string | null;
  readonly content: Readable;
}

/**
 * Reads the one file of a form (RFC 7578), no faster than it is taken. Resolves at the end of the form, when the file was
 * taken and nothing else came.
 *
 * @throws NoFileError, AttachmentTooLargeError BAD_USER_INPUT; what `take` throws; after an abort, `signal.reason`
 */
export function receiveFile(
  request: IncomingMessage,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
  take: (file: ReceivedFile) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const form = formOf(request, maxBytes);
    if (!form) {
      reject(new NoFileError());
      return;
    }
    const pieces = inPieces();
    let taken: Promise<void> | null = null;
    let file: Readable | null = null;
    let isOver = false;
    let left = maxBytes + FORM_BYTES;
    const end = (): void => {
      isOver = true;
      signal.removeEventListener('abort', leave);
      request.off('data', count);
    };
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) fail(new AttachmentTooLargeError(maxBytes));
    };
    const fail = (error: Error): void => {
      if (isOver) return;
      end();
      request.unpipe(pieces);
      request.pause();
      pieces.unpipe(form);
      pieces.destroy();
      file?.destroy();
      form.destroy();
      // What takes the file has ended by then, and left what it leaves.
      const settle = (): void => reject(error);
      if (taken) taken.then(settle, settle);
      else settle();
    };
    const leave = (): void => fail(signal.reason as Error);
    const refuse = (): void => fail(new NoFileError());
    form.on('file', (field, content, name) => {
      file = content;
      content.on('error', refuse);
      content.on('limit', () => fail(new AttachmentTooLargeError(maxBytes)));
      if (field !== FIELD) {
        refuse();
        return;
      }
      taken = take({ name: name || null, content });
      taken.catch(fail);
    });
    form.on('partsLimit', refuse);
    form.on('error', refuse);
    form.on('finish', () => {
      if (!taken) refuse();
      else
        taken.then(() => {
          end();
          resolve();
        }, fail);
    });
    // Also what stands before and behind the file.
    request.on('data', count);
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    else request.pipe(pieces).pipe(form);
  });
}

/** Hands on what it is given in pieces of {@link PIECE_BYTES} at the most, and none after it was destroyed. */
function inPieces(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let start = 0; start < chunk.length && !this.destroyed; start += PIECE_BYTES)
        this.push(chunk.subarray(start, start + PIECE_BYTES));
      done();
    },
  });
}

/** @returns null for what is no form */
function formOf({ headers }: IncomingMessage, fileSize: number): InstanceType<typeof Busboy> | null {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: { ...LIMITS, fileSize },
      // A file is what is in the field for it, however a client labels it.
      isPartAFile: () => true,
    });
  } catch {
    return null;
  }
}
