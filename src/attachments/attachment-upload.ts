import { nextTurn, turnIsOver } from '../common/event-loop-turn.js';
import type { ContentKey } from '../crypto/content-key.js';
import { AttachmentLostError, AttachmentTooLargeError, UnknownContentError } from './attachment.errors.js';
import type { AttachmentsRepository, CompleteAttachment } from './attachments.repository.js';
import { ContentSniffer } from './content-sniffer.js';

/** So much is sealed and written at a time, in bytes: all of an attachment that is in memory. A multiple of three, for base64. */
const CHUNK_BYTES = 192 * 1024;

export interface UploadSettings {
  readonly userId: string;
  readonly id: string;
  /** The upload's, to destroy. */
  readonly key: ContentKey;
  readonly maxBytes: number;
  /** Milliseconds for which it is kept from when all of it has come. */
  readonly retentionMs: number;
}

/** An attachment that comes. Ends with {@link complete} or {@link discard}. */
export class AttachmentUpload {
  readonly #settings: UploadSettings;
  readonly #sniffer = new ContentSniffer();
  readonly #pending = Buffer.alloc(CHUNK_BYTES);
  #pendingBytes = 0;
  #chunkCount = 0;
  #bytes = 0;

  constructor(
    private readonly repository: AttachmentsRepository,
    settings: UploadSettings,
  ) {
    this.#settings = settings;
  }

  /**
   * Takes the content, no faster than it is written.
   *
   * @throws AttachmentTooLargeError, UnknownContentError BAD_USER_INPUT; DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async write(content: AsyncIterable<Buffer>): Promise<void> {
    for await (const piece of content) {
      this.#bytes += piece.length;
      if (this.#bytes > this.#settings.maxBytes) throw new AttachmentTooLargeError(this.#settings.maxBytes);
      if (!this.#sniffer.push(piece)) throw new UnknownContentError();
      await this.#take(piece);
      // Pieces may have come together, and the embedded database writes at once.
      const pause = turnIsOver();
      if (pause) await pause;
    }
  }

  /** The content is whole: from now on it can be used. */
  async complete(): Promise<CompleteAttachment> {
    const mimeType = this.#sniffer.end();
    if (mimeType === null) throw new UnknownContentError();
    await this.#flush(true);
    const { userId, id, retentionMs, key } = this.#settings;
    const expiresAt = new Date(Date.now() + retentionMs);
    const attachment = { id, mimeType, bytes: this.#bytes, chunkCount: this.#chunkCount, expiresAt };
    if (!(await this.repository.complete(userId, attachment))) throw new AttachmentLostError();
    key.destroy();
    return attachment;
  }

  /** Leaves nothing behind; where the database cannot be reached, what is left expires. */
  async discard(): Promise<void> {
    this.#settings.key.destroy();
    await this.repository.remove(this.#settings.userId, this.#settings.id);
  }

  /** What fills a chunk is written only when more comes: the last one is marked. */
  async #take(piece: Buffer): Promise<void> {
    for (let start = 0; start < piece.length;) {
      if (this.#pendingBytes === CHUNK_BYTES) {
        await this.#flush(false);
        await nextTurn();
      }
      const copied = piece.copy(this.#pending, this.#pendingBytes, start);
      this.#pendingBytes += copied;
      start += copied;
    }
  }

  async #flush(isLast: boolean): Promise<void> {
    const { userId, id, key } = this.#settings;
    const index = this.#chunkCount;
    const sealed = key.seal(this.#pending.subarray(0, this.#pendingBytes), { id, index, isLast });
    this.#chunkCount += 1;
    this.#pendingBytes = 0;
    if (!(await this.repository.addChunk(userId, id, index, sealed))) throw new AttachmentLostError();
  }
}
