import type { StreamedBody } from '../../outbound/outbound-http.js';
import type { MediaPart } from './media.js';

/** How a content is written into the JSON of a request. */
type Encoding = 'base64' | 'text';

/** A slot, as the dialects write it. */
const SLOT = /keystream-media-([\da-f-]{36})-(base64|text)/g;

const slot = ({ slot: id }: MediaPart, encoding: Encoding): string => `keystream-media-${id}-${encoding}`;

/** Where a request has a content in base64 (RFC 4648 section 4), within a JSON text. */
export const base64Of = (part: MediaPart): string => slot(part, 'base64');

/** The same as a `data:` URL (RFC 2397). */
export const dataUrlOf = (part: MediaPart): string => `data:${part.mimeType};base64,${base64Of(part)}`;

/** Where a request has the content of a text file, within a JSON text. */
export const textOf = (part: MediaPart): string => slot(part, 'text');

/** A text file as a text for APIs that take no files of text, with what it is called. */
export const namedTextOf = (part: MediaPart): string =>
  part.name === null ? textOf(part) : `${part.name}:\n\n${textOf(part)}`;

/** The parts whose contents a piece of a request has, by their slots. */
export function mediaIn(json: string, media: readonly MediaPart[]): MediaPart[] {
  const ids = new Set([...json.matchAll(SLOT)].map(([, id]) => id));
  return media.filter((part) => ids.has(part.slot));
}

/** A body with contents in the places of their slots: no more of them is in memory than is on its way. */
export function withContents(json: string, media: readonly MediaPart[]): StreamedBody {
  const parts = new Map(media.map((part) => [part.slot, part]));
  const pieces: (Buffer | Slot)[] = [];
  let end = 0;
  for (const found of json.matchAll(SLOT)) {
    const part = parts.get(found[1] ?? '');
    // A client may have written something that looks like one.
    if (!part) continue;
    pieces.push(Buffer.from(json.slice(end, found.index)), { part, encoding: found[2] as Encoding });
    end = found.index + found[0].length;
  }
  pieces.push(Buffer.from(json.slice(end)));
  return { length: lengthOf(pieces), read: () => write(pieces) };
}

interface Slot {
  readonly part: MediaPart;
  readonly encoding: Encoding;
}

function lengthOf(pieces: readonly (Buffer | Slot)[]): number | null {
  let length = 0;
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) length += piece.length;
    else if (piece.encoding === 'base64') length += 4 * Math.ceil(piece.part.content.bytes / 3);
    else return null;
  }
  return length;
}

async function* write(pieces: readonly (Buffer | Slot)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* piece.encoding === 'base64' ? toBase64(piece.part) : toJsonText(piece.part);
  }
}

async function* toBase64({ content }: MediaPart): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of content.read()) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, whole).toString('base64'));
  }
  if (rest.length > 0) yield Buffer.from(Buffer.from(rest).toString('base64'));
}

async function* toJsonText({ content }: MediaPart): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  for await (const chunk of content.read()) yield escaped(decoder.decode(chunk, { stream: true }));
  yield escaped(decoder.decode());
}

const escaped = (text: string): Buffer => Buffer.from(JSON.stringify(text).slice(1, -1));
