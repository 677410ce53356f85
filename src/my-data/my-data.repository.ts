import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { lockUser } from '../access-tokens/access-token-statements.js';
import { lockUser as lockAttachments } from '../attachments/attachment-statements.js';
import { AuditTrail } from '../audit/chain/audit-trail.js';
import type { SealedEvent } from '../audit/chain/trail-event.js';
import { addOnly, rowsOf } from '../audit/trail-rows.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { DatabaseService } from '../prisma/database.service.js';

/** Everything but the audit trail; ciphertext goes with its key. */
const deleteAll = `
  WITH keys AS (
    DELETE FROM api_keys WHERE user_id = $1 RETURNING status
  ), ciphertext AS (
    DELETE FROM sealed_keys WHERE user_id = $1
  ), settings AS (
    DELETE FROM user_settings WHERE user_id = $1
  ), usage AS (
    DELETE FROM usage_hours WHERE user_id = $1
  ), models AS (
    DELETE FROM model_hours WHERE user_id = $1
  ), reservations AS (
    DELETE FROM key_reservations WHERE user_id = $1
  ), alerts AS (
    DELETE FROM key_alerts WHERE user_id = $1
  ), states AS (
    DELETE FROM rule_states WHERE user_id = $1
  ), attachments AS (
    DELETE FROM attachments WHERE user_id = $1
  ), tokens AS (
    DELETE FROM access_tokens WHERE user_id = $1 RETURNING id
  )
  SELECT count(*) FILTER (WHERE status IN ('ACTIVE', 'DISABLED'))::integer AS keys,
    (SELECT coalesce(array_agg(id::text), '{}') FROM tokens) AS "tokenIds"
  FROM keys`;

/** What there was. */
interface Deleted {
  /** How many keys that could be used or were disabled. */
  readonly keys: number;
  /** Of access tokens. */
  readonly tokenIds: readonly string[];
}

@Injectable()
export class MyDataRepository {
  constructor(
    private readonly database: DatabaseService,
    private readonly trail: AuditTrail,
  ) {}

  /** In one transaction with the row of the trail which keeps that it happened. */
  async deleteAll(userId: string): Promise<Deleted> {
    const events: SealedEvent[] = [];
    const work = async (client: DatabaseClient): Promise<Deleted> => {
      // A token that is being made, or an attachment that begins, is there before, and goes; or comes later.
      await client.$queryRawUnsafe(lockUser, userId);
      await client.$queryRawUnsafe(lockAttachments, userId);
      const [row] = await client.$queryRawUnsafe<Deleted[]>(deleteAll, userId);
      const deleted = row ?? { keys: 0, tokenIds: [] };
      const tokenCount = deleted.tokenIds.length;
      const detail = `keys: ${deleted.keys}${tokenCount > 0 ? `, access tokens: ${tokenCount}` : ''}`;
      const event = { id: uuidv7(), userId, kind: 'DATA_DELETED', at: new Date(), outcome: 'OK', detail };
      events.push(this.trail.seal(event));
      await client.$queryRawUnsafe(addOnly.sql, rowsOf(events));
      return deleted;
    };
    return this.trail.write(events, () => this.database.transaction(work));
  }

  /**
   * What rules have kept or found meanwhile of what came before. Whoever writes such rows at this moment is waited for, and
   * whoever comes later sees that all was deleted, and writes nothing of what came before it.
   */
  async deleteLate(userId: string): Promise<void> {
    await this.database.transaction(async (client) => {
      await client.$executeRaw`LOCK TABLE rule_states, key_alerts IN SHARE ROW EXCLUSIVE MODE`;
      await client.ruleState.deleteMany({ where: { userId } });
      await client.keyAlert.deleteMany({ where: { userId } });
    });
  }
}
