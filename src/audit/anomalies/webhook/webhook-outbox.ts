import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../../prisma/database.service.js';
import type { Statement } from '../../../prisma/statement.js';
import type { Webhook } from './alert-sender.js';

/** A webhook that this server may try now. */
export interface ClaimedWebhook extends Webhook {
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** $1: how many at most; $2: for how many milliseconds no other server takes them. */
const claimWebhooks: Statement = {
  name: 'claim-webhooks',
  sql: `
  UPDATE webhook_deliveries SET
    attempts = attempts + 1, next_attempt_at = clock_timestamp() + $2::double precision * interval '1 millisecond'
  WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE next_attempt_at <= clock_timestamp()
    ORDER BY next_attempt_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
  )
  RETURNING id::text, body, attempts`,
};

const postponeWebhook: Statement = {
  name: 'postpone-webhook',
  sql: `
  UPDATE webhook_deliveries
  SET next_attempt_at = clock_timestamp() + $2::double precision * interval '1 millisecond'
  WHERE id = $1::uuid AND attempts = $3::integer`,
};

const removeWebhook: Statement = {
  name: 'remove-webhook',
  sql: 'DELETE FROM webhook_deliveries WHERE id = $1::uuid',
};

const selectNext: Statement = {
  name: 'next-webhook',
  sql: `
  SELECT (extract(epoch FROM min(next_attempt_at) - clock_timestamp()) * 1000)::double precision AS "dueMs"
  FROM webhook_deliveries`,
};

/** The webhooks that have not arrived. They are in the database before anything is sent. */
@Injectable()
export class WebhookOutbox {
  constructor(private readonly database: DatabaseService) {}

  /** Takes some whose time has come. A server that dies with them leaves them to others when their time is over. */
  claim(most: number, leaseMs: number): Promise<ClaimedWebhook[]> {
    return this.database.run<ClaimedWebhook>(claimWebhooks, [String(most), String(leaseMs)]);
  }

  /** It is tried again so many milliseconds from now. */
  async postpone({ id, attempts }: ClaimedWebhook, milliseconds: number): Promise<void> {
    await this.database.run(postponeWebhook, [id, String(milliseconds), String(attempts)]);
  }

  /** It has arrived, or never will. */
  async remove({ id }: Webhook): Promise<void> {
    await this.database.run(removeWebhook, [id]);
  }

  /** In how many milliseconds the next one is due; null where there is none. */
  async nextDueMs(): Promise<number | null> {
    const [row] = await this.database.run<{ dueMs: number | null }>(selectNext, []);
    return row?.dueMs ?? null;
  }
}
