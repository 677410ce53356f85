import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../prisma/database.service.js';
import type { Statement } from '../prisma/statement.js';
import type { AuditEvent as WholeRow } from '../prisma/generated/client.js';
import { KeySource } from '../common/key-source.enum.js';
import { isProviderId } from '../providers/registry/provider-ids.js';
import type { Cost } from '../common/cost.js';
import { costIn } from './cost-in.js';
import type { TrailContent } from './chain/trail-event.js';
import { type AuditEvent, type AuditFilter, AuditKind } from './audit-event.model.js';

/** What a row of a use says. */
export interface NewAuditEvent extends TrailContent {
  readonly kind: AuditKind;
  readonly provider: string;
  readonly keyId: string | null;
  readonly keySource?: KeySource;
}

/** What a row says. */
export type AuditEventRow = Omit<WholeRow, 'mac' | 'keyGeneration' | 'cost'> & { readonly cost: Cost | null };

/** Longer than any provider's id. */
const MAX_ID_LENGTH = 40;

/** An event of a provider that this version does not know names it in its detail. */
export function toModel({
  provider,
  detail,
  ...row
}: AuditEventRow): AuditEvent & Pick<AuditEventRow, 'cost'> {
  const { kind } = row;
  if (provider === null || isProviderId(provider)) return { ...row, kind, provider, detail };
  const words = `provider ${provider.slice(0, MAX_ID_LENGTH)}, unknown to this version`;
  return { ...row, kind, provider: null, detail: detail === null ? words : `${words}; ${detail}` };
}

const knownKinds = Object.values(AuditKind);
const knownSources = Object.values(KeySource);

const selectChats: Statement = {
  name: 'chats-since',
  sql: `
  SELECT DISTINCT chat_id AS "chatId" FROM audit_events
  WHERE user_id = $1 AND at >= $2::timestamptz AND kind = 'KEY_USED' AND chat_id IS NOT NULL`,
};

const selectToken: Statement = {
  name: 'access-token-of-chat',
  sql: `
  SELECT access_token_id::text AS id FROM audit_events
  WHERE user_id = $1 AND chat_id = $2::uuid AND kind = 'KEY_USED' AND access_token_id IS NOT NULL LIMIT 1`,
};

@Injectable()
export class AuditRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The chats that began at a moment or after it. */
  async findChats(userId: string, since: Date): Promise<string[]> {
    const rows = await this.database.run<{ chatId: string }>(selectChats, [userId, since.toISOString()]);
    return rows.map(({ chatId }) => chatId);
  }

  /** The access token that a chat was begun with; null for a JWT. */
  async findTokenOf(userId: string, chatId: string): Promise<string | null> {
    const [row] = await this.database.run<{ id: string }>(selectToken, [userId, chatId]);
    return row?.id ?? null;
  }

  /**
   * Newest first, at most `limit`, older than the event `afterId`. The database's enums have values that this version
   * does not know, and may get more from a newer one: events of these are left out here, where pages are cut.
   */
  async list(
    userId: string,
    filter: AuditFilter,
    limit: number,
    afterId: string | null,
  ): Promise<AuditEventRow[]> {
    const { kinds, provider, keyId, chatId, from, to } = filter;
    const rows = await this.database.client.auditEvent.findMany({
      omit: { mac: true, keyGeneration: true },
      where: {
        userId,
        ...(afterId && { id: { lt: afterId } }),
        kind: { in: kinds ?? knownKinds },
        OR: [{ keySource: null }, { keySource: { in: knownSources } }],
        ...(provider && { provider }),
        ...(keyId && { keyId }),
        ...(chatId && { chatId }),
        ...((from ?? to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
      },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map((row) => ({ ...row, cost: costIn(row.cost) }));
  }
}
