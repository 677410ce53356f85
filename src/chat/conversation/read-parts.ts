import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { isName } from '../../attachments/attachment-name.js';
import { ContentSniffer, TEXT } from '../../attachments/content-sniffer.js';
import { isGiven } from '../../common/is-given.js';
import {
  type ContentPart,
  IMAGE_TYPES,
  type MediaContent,
  type MediaPart,
} from '../../providers/chat/media.js';
import { isSaid } from '../../providers/chat/text-messages.js';
import type { ContentPartInput, MediaInput } from '../schema/content-part.inputs.js';
import type { ChatRoleId } from '../schema/chat.inputs.js';
import type { Violations } from './violations.js';

/** Of a whole chat: more than any provider takes, and little enough to be told at every turn of it. */
const MAX_MEDIA = 100;
const TOO_MANY = 'is one too many: a chat has at most 100 images and files';
const MAX_MEDIA_BYTES = 64 * 1024 * 1024;
const MIME_TYPE = /^([a-z]{1,20}\/[a-z\d][a-z\d.+-]{0,80})(?:\s*;[\x20-\x7e]{0,200})?$/;

/** What a client has sent before, and may name. */
export interface KnownAttachment extends MediaContent {
  readonly mimeType: string;
  readonly name: string | null;
}

/** @returns null for what the user has not, or not any more */
export type FindAttachment = (id: string) => KnownAttachment | null;

/** A content, and what it is. */
interface Found {
  readonly mimeType: string;
  readonly name: string | null;
  readonly content: MediaContent;
}

/** Reads what messages hold beside their text. */
export class PartsReader {
  #count = 0;
  #bytes = 0;

  constructor(
    private readonly find: FindAttachment,
    private readonly violations: Violations,
  ) {}

  /** @returns the texts alone, as one, where there is nothing else */
  read(parts: readonly ContentPartInput[], role: ChatRoleId, path: string): string | readonly ContentPart[] {
    if (parts.length === 0) this.violations.add(path, 'must have at least one part');
    const read = parts.flatMap((part, index) => this.#part(part, role, `${path}.${String(index)}`) ?? []);
    const texts = read.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    if (texts.length === read.length) return texts.join('\n\n');
    return read.filter(isSaid);
  }

  #part({ text, image, file }: ContentPartInput, role: ChatRoleId, path: string): ContentPart | null {
    if (typeof text === 'string') return { type: 'text', text };
    const type = image ? 'image' : 'file';
    const media = image ?? file;
    if (!media) throw new Error('GraphQL lets no part pass that has none of its fields.');
    if (role !== 'USER') {
      this.violations.add(`${path}.${type}`, 'goes with role USER');
      return null;
    }
    return this.#media(media, type, path);
  }

  #media(input: MediaInput, type: MediaPart['type'], path: string): MediaPart | null {
    const at = `${path}.${type}`;
    this.#count += 1;
    if (this.#count > MAX_MEDIA) {
      if (this.#count === MAX_MEDIA + 1) this.violations.add(at, TOO_MANY);
      return null;
    }
    const name = this.#name(input, at);
    const found = isGiven(input.attachmentId) ? this.#attachment(input, at) : this.#inline(input, at);
    if (!found || !this.#isOfType(found.mimeType, type, at) || !this.#hasRoom(found.content, at)) return null;
    const { mimeType, content } = found;
    const inputPath = path.replace(/^input\./, '');
    return { type, mimeType, name: name ?? found.name, inputPath, slot: randomUUID(), content };
  }

  #name({ name }: MediaInput, path: string): string | null {
    if (!isGiven(name)) return null;
    if (!isName(name))
      this.violations.add(`${path}.name`, 'must be 1 to 255 characters long, without control characters');
    return name;
  }

  #attachment({ attachmentId, data, mimeType }: MediaInput, path: string): Found | null {
    if (isGiven(data)) this.violations.add(`${path}.data`, 'cannot stand beside attachmentId');
    if (isGiven(mimeType)) this.violations.add(`${path}.mimeType`, 'goes with data');
    const found = this.find(attachmentId ?? '');
    if (!found)
      this.violations.add(
        `${path}.attachmentId`,
        'must be the id of an attachment of yours that is still kept',
      );
    return found && { mimeType: found.mimeType, name: found.name, content: found };
  }

  #inline({ data, mimeType }: MediaInput, path: string): Found | null {
    if (!isGiven(data)) {
      this.violations.add(path, 'must have data, or an attachmentId');
      return null;
    }
    const named = MIME_TYPE.exec(mimeType?.toLowerCase() ?? '')?.[1];
    if (named === undefined) {
      this.violations.add(
        `${path}.mimeType`,
        'is required with data: image/png, application/pdf, text/plain …',
      );
      return null;
    }
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length === 0 || bytes.toString('base64') !== data) {
      this.violations.add(
        `${path}.data`,
        'must be base64 with its padding, not empty, and without data: before it',
      );
      return null;
    }
    const sniffer = new ContentSniffer();
    sniffer.push(bytes);
    const actual = sniffer.end();
    if (actual === null || !isOfName(named, actual)) {
      this.violations.add(
        `${path}.mimeType`,
        `is not what the content is: that is ${actual ?? 'of no type known here'}`,
      );
      return null;
    }
    return { mimeType: actual, name: null, content: contentOf(data, bytes.length) };
  }

  #isOfType(mimeType: string, type: MediaPart['type'], path: string): boolean {
    const isImage = (IMAGE_TYPES as readonly string[]).includes(mimeType);
    if (isImage === (type === 'image')) return true;
    const message =
      type === 'image'
        ? 'must be a PNG, JPEG, WebP or GIF image'
        : 'must be a PDF, or text in UTF-8; an image goes in image';
    this.violations.add(path, message);
    return false;
  }

  #hasRoom({ bytes }: MediaContent, path: string): boolean {
    this.#bytes += bytes;
    if (this.#bytes <= MAX_MEDIA_BYTES) return true;
    this.violations.add(path, 'is too much: the images and files of a chat have at most 64 MiB together');
    return false;
  }
}

/** Held as the client sent it, which is there anyway. */
const contentOf = (data: string, bytes: number): MediaContent => ({
  bytes,
  read: () => Readable.from([Buffer.from(data, 'base64')]),
});

/** Whether what a client calls a content is what it is. Text may be of any kind of text. */
function isOfName(named: string, actual: string): boolean {
  if (actual === TEXT) return named.startsWith('text/') || named === 'application/json';
  return actual === (named === 'image/jpg' ? 'image/jpeg' : named);
}

/** The ids of the attachments that messages name: as many as a chat may have. */
export function attachmentIdsIn(
  messages: readonly { readonly parts?: readonly ContentPartInput[] | null }[],
): string[] {
  const parts = messages.flatMap((message) => message.parts ?? []);
  const ids = parts.map(({ image, file }) => (image ?? file)?.attachmentId);
  return [...new Set(ids.filter(isGiven).slice(0, MAX_MEDIA))];
}
