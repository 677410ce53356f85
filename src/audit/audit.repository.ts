import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import type { AuditEvent as AuditEventRow } from '../prisma/generated/client.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { ProviderId } from '../registry/provider-ids.js';
import type { AuditEvent, AuditFilter, AuditKind } from './audit-event.model.js';

export interface NewAuditEvent {
  readonly kind: AuditKind;
  readonly provider: ProviderId;
  readonly keyId: string | null;
  readonly outcome: string;
  readonly keySource?: KeySource;
  readonly chatId?: string | null;
  readonly model?: string | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly timeToFirstTokenMs?: number | null;
  readonly durationMs?: number | null;
  readonly detail?: string | null;
}

/** Rows hold what this version wrote: kinds and providers that it knows. */
export function toModel(row: AuditEventRow): AuditEvent {
  return { ...row, kind: row.kind as AuditKind, provider: row.provider as ProviderId | null };
}

@Injectable()
export class AuditRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * In the order given, in one round trip.
   *
   * @returns whether all were added: a second end of the same chat is not
   */
  async append(
    userId: string,
    events: readonly NewAuditEvent[],
    transaction: DatabaseClient,
  ): Promise<boolean> {
    const at = new Date();
    const { count } = await transaction.auditEvent.createMany({
      data: events.map((event) => ({ ...event, id: uuidv7(), userId, at })),
      skipDuplicates: true,
    });
    return count === events.length;
  }

  /** Newest first, at most `limit`, older than the event `afterId`. */
  list(userId: string, filter: AuditFilter, limit: number, afterId: string | null): Promise<AuditEventRow[]> {
    const { kinds, provider, keyId, chatId, from, to } = filter;
    return this.database.client.auditEvent.findMany({
      where: {
        userId,
        ...(afterId && { id: { lt: afterId } }),
        ...(kinds && { kind: { in: kinds } }),
        ...(provider && { provider }),
        ...(keyId && { keyId }),
        ...(chatId && { chatId }),
        ...((from ?? to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
      },
      orderBy: { id: 'desc' },
      take: limit,
    });
  }
}
