import { Injectable } from '@nestjs/common';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import {
  addChunk,
  begin,
  complete,
  envelopeOf,
  findByIds,
  findChunk,
  listAfter,
  lockUser,
  remove,
  removeExpired,
} from './attachment-statements.js';

/** An attachment that is about to come. */
export interface NewAttachment {
  readonly id: string;
  readonly envelope: SealedEnvelope;
  readonly encryptionKeyId: string;
  readonly sealedName: Buffer | null;
  /** The most that it may have; kept free for it. */
  readonly bytes: number;
  readonly createdAt: Date;
  /** When it is given up, where it has not come by then. */
  readonly expiresAt: Date;
}

export interface CompleteAttachment {
  readonly id: string;
  readonly mimeType: string;
  readonly bytes: number;
  readonly chunkCount: number;
  readonly expiresAt: Date;
}

/** What is kept of an attachment beside its content. */
export interface AttachmentRecord {
  readonly id: string;
  readonly envelope: string;
  readonly sealedName: Buffer | null;
  /** Null until all of it has come. */
  readonly mimeType: string | null;
  readonly bytes: number;
  readonly chunkCount: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

type Row = Omit<AttachmentRecord, 'sealedName' | 'createdAt' | 'expiresAt'> & {
  readonly sealedName: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
};

/** Invariant: every method takes the user's id first, but for the one that removes what has expired. */
@Injectable()
export class AttachmentsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** @returns null: it is begun; else the user has no room, before that moment at the earliest, if any is known */
  async begin(
    userId: string,
    attachment: NewAttachment,
    quotaBytes: number,
  ): Promise<{ readonly firstEnd: Date | null } | null> {
    const { id, envelope, encryptionKeyId, sealedName, bytes, createdAt, expiresAt } = attachment;
    const name = sealedName?.toString('base64') ?? null;
    const values = [userId, id, envelope, encryptionKeyId, name, bytes, createdAt, expiresAt, quotaBytes];
    return this.database.transaction(async (client) => {
      await client.$queryRawUnsafe(lockUser, userId);
      const [row] = await client.$queryRawUnsafe<{ isBegun: boolean; firstEnd: string | null }[]>(
        begin,
        ...values,
      );
      if (row?.isBegun) return null;
      return { firstEnd: row?.firstEnd ? new Date(row.firstEnd) : null };
    });
  }

  /** @returns whether the attachment is still to come: it may have been deleted meanwhile */
  async addChunk(userId: string, id: string, index: number, sealed: Buffer): Promise<boolean> {
    const values = [userId, id, String(index), sealed.toString('base64')];
    return (await this.database.run(addChunk, values)).length > 0;
  }

  /** @returns whether the attachment was still to come */
  async complete(userId: string, attachment: CompleteAttachment): Promise<boolean> {
    const { id, mimeType, bytes, chunkCount, expiresAt } = attachment;
    const values = [userId, id, mimeType, String(bytes), String(chunkCount), expiresAt.toISOString()];
    return (await this.database.run(complete, values)).length > 0;
  }

  async remove(userId: string, id: string): Promise<void> {
    await this.database.run(remove, [userId, id]);
  }

  /** Those that are complete and had not expired at a moment. @param ids UUIDs */
  async find(userId: string, ids: readonly string[], at: Date): Promise<AttachmentRecord[]> {
    return (await this.database.run<Row>(findByIds, [userId, ids, at.toISOString()])).map(toRecord);
  }

  /** All of them, in the order of their ids, some at a time. */
  async list(userId: string, limit: number, afterId: string | null): Promise<AttachmentRecord[]> {
    return (await this.database.run<Row>(listAfter, [userId, afterId, String(limit)])).map(toRecord);
  }

  /** @returns null where there is no such attachment any more */
  async findEnvelope(userId: string, id: string): Promise<string | null> {
    const [row] = await this.database.run<{ envelope: string }>(envelopeOf, [userId, id]);
    return row?.envelope ?? null;
  }

  /** @returns null where there is no such chunk */
  async findChunk(userId: string, id: string, index: number): Promise<Buffer | null> {
    const [row] = await this.database.run<{ sealed: string }>(findChunk, [userId, id, String(index)]);
    return row ? Buffer.from(row.sealed, 'base64') : null;
  }

  /** Some of those of all users that had expired at a moment. @returns how many */
  async removeExpired(at: Date): Promise<number> {
    return (await this.database.run(removeExpired, [at.toISOString()])).length;
  }
}

const toRecord = ({ sealedName, createdAt, expiresAt, ...row }: Row): AttachmentRecord => ({
  ...row,
  sealedName: sealedName === null ? null : Buffer.from(sealedName, 'base64'),
  createdAt: new Date(createdAt),
  expiresAt: new Date(expiresAt),
});
