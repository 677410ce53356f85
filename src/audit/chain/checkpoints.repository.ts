import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DatabaseService } from '../../prisma/database.service.js';
import type { AuditCheckpoint } from '../../prisma/generated/client.js';

/** Checkpoints as they are kept, newest first. They are about the whole trail, and nobody's. */
@Injectable()
export class CheckpointsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** @param ok what a verification found; null where there was none */
  async add(note: string, at: Date, ok: boolean | null): Promise<void> {
    await this.database.client.auditCheckpoint.createMany({ data: [{ id: uuidv7(), at, note, ok }] });
  }

  /** Of any, of those that were found right, or of those that a verification came with. */
  find(which: 'ANY' | 'RIGHT' | 'VERIFIED'): Promise<AuditCheckpoint | null> {
    const where = { ANY: {}, RIGHT: { ok: true }, VERIFIED: { ok: { not: null } } }[which];
    return this.database.client.auditCheckpoint.findFirst({ where, orderBy: { at: 'desc' } });
  }
}
