import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { nextTurn, turnIsOver } from '../common/event-loop-turn.js';
import { BoundedLines } from '../common/bounded-lines.js';
import { Config } from '../config/config.js';
import type { ContentKey } from '../crypto/content-key.js';
import { EnvelopeError } from '../crypto/envelope-error.js';
import { Vault } from '../crypto/vault.js';
import { RateLimitedError } from '../limits/rate-limited.error.js';
import { AttachmentLostError } from './attachment.errors.js';
import { type AttachmentRecord, AttachmentsRepository } from './attachments.repository.js';
import { AttachmentUpload } from './attachment-upload.js';

/** How many of the largest attachments a user has room for. */
const ROOM = 10;
/** How long an attachment may take to come, in milliseconds: longer than a request may. */
const UPLOAD_TIMEOUT_MS = 600_000;
/** A hint, where it is not known when room will be: that of an upload that is given up. */
const RETRY_AFTER_MS = 60_000;

/** Something a user has sent, and may name in chats. */
export interface Attachment extends Pick<AttachmentRecord, 'id' | 'bytes' | 'createdAt' | 'expiresAt'> {
  readonly name: string | null;
  /** By its content. */
  readonly mimeType: string;
  /** Reads the content from the database, chunk by chunk. @throws AttachmentLostError BAD_USER_INPUT */
  read(): AsyncGenerator<Uint8Array>;
}

/** Keeps what users send for their chats, sealed, for a while. */
@Injectable()
export class AttachmentsService {
  readonly #lines = new BoundedLines(new Logger(AttachmentsService.name));

  constructor(
    private readonly repository: AttachmentsRepository,
    private readonly vault: Vault,
    private readonly config: Config,
  ) {}

  /**
   * Makes room for an attachment of at most so many bytes.
   *
   * @throws RateLimitedError RATE_LIMITED where the user has no room; DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async begin(userId: string, name: string | null, bytes: number): Promise<AttachmentUpload> {
    const id = uuidv7();
    const { key, envelope } = this.vault.makeContentKey({ purpose: 'attachment', userId, attachmentId: id });
    try {
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + UPLOAD_TIMEOUT_MS);
      const sealedName = name === null ? null : key.seal(Buffer.from(name), nameOf(id));
      const encryptionKeyId = this.vault.currentKeyId;
      const attachment = { id, envelope, encryptionKeyId, sealedName, bytes, createdAt, expiresAt };
      const { maxBytes, retentionMs } = this.config.attachments;
      const full = await this.repository.begin(userId, attachment, ROOM * maxBytes);
      if (full) throw new RateLimitedError(hasNoRoom(ROOM * maxBytes), msUntil(full.firstEnd));
      return new AttachmentUpload(this.repository, { userId, id, key, maxBytes, retentionMs });
    } catch (error) {
      key.destroy();
      throw error;
    }
  }

  /** The user's attachments that can be read, by their ids; what is not among them is not there. @param ids any texts */
  async find(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Attachment>> {
    const known = new Map(ids.filter((id) => isUuid(id)).map((id) => [id.toLowerCase(), id]));
    if (known.size === 0) return new Map();
    const records = await this.repository.find(userId, [...known.keys()], new Date());
    const attachments = await this.#toAttachments(userId, records);
    return new Map(attachments.map((attachment) => [known.get(attachment.id) ?? attachment.id, attachment]));
  }

  /** All that are complete and can be opened, some at a time. @returns with the place behind which the next ones begin */
  async list(
    userId: string,
    limit: number,
    afterId: string | null,
  ): Promise<{ readonly attachments: readonly Attachment[]; readonly next: string | null }> {
    const records = await this.repository.list(userId, limit, afterId);
    return {
      attachments: await this.#toAttachments(userId, records),
      next: records.length < limit ? null : (records.at(-1)?.id ?? null),
    };
  }

  /** Those that are complete and open. */
  async #toAttachments(userId: string, records: readonly AttachmentRecord[]): Promise<Attachment[]> {
    const attachments: Attachment[] = [];
    for (const record of records) {
      const attachment = this.#toAttachment(userId, record);
      if (attachment) attachments.push(attachment);
      // Each has a key to be opened.
      const pause = turnIsOver();
      if (pause) await pause;
    }
    return attachments;
  }

  /** @returns null for what is not complete, or was sealed with a key that is retired */
  #toAttachment(userId: string, record: AttachmentRecord): Attachment | null {
    const { id, envelope, sealedName, mimeType, bytes, createdAt, expiresAt } = record;
    if (mimeType === null) return null;
    try {
      const key = this.vault.openContentKey(envelope, { purpose: 'attachment', userId, attachmentId: id });
      const name = sealedName && key.open(sealedName, nameOf(id)).toString();
      key.destroy();
      return { id, name, mimeType, bytes, createdAt, expiresAt, read: () => this.#read(userId, record) };
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#lines.warn('An attachment does not open', { attachmentId: id }, { userId });
      return null;
    }
  }

  /** As many bytes as the record says: a request has told the provider so. */
  async *#read(userId: string, { id, chunkCount, bytes }: AttachmentRecord): AsyncGenerator<Uint8Array> {
    const key = await this.#openKey(userId, id);
    let left = bytes;
    try {
      for (let index = 0; index < chunkCount; index += 1) {
        const sealed = await this.repository.findChunk(userId, id, index);
        if (sealed === null) throw new AttachmentLostError();
        const chunk = key.open(sealed, { id, index, isLast: index === chunkCount - 1 });
        left -= chunk.length;
        if (left < 0) throw new AttachmentLostError();
        yield chunk;
        // The embedded database reads at once, and a provider may take all of it.
        await nextTurn();
      }
      if (left !== 0) throw new AttachmentLostError();
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#lines.warn('A chunk of an attachment does not open', { attachmentId: id }, { userId });
      throw new AttachmentLostError();
    } finally {
      key.destroy();
    }
  }

  /** Anew each time: it may have been re-sealed since. */
  async #openKey(userId: string, id: string): Promise<ContentKey> {
    const envelope = await this.repository.findEnvelope(userId, id);
    if (envelope === null) throw new AttachmentLostError();
    try {
      return this.vault.openContentKey(envelope, { purpose: 'attachment', userId, attachmentId: id });
    } catch (error) {
      throw error instanceof EnvelopeError ? new AttachmentLostError() : error;
    }
  }
}

/** Where the name is sealed: before all chunks. */
const nameOf = (id: string) => ({ id, index: -1, isLast: true });

const msUntil = (end: Date | null): number =>
  end === null ? RETRY_AFTER_MS : Math.max(1, end.getTime() - Date.now());

const hasNoRoom = (bytes: number): string =>
  `Your attachments may have ${String(bytes)} bytes together, and there is no room for this one until another has expired.`;
