import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../prisma/database.service.js';
import type { Statement, StatementValue } from '../prisma/statement.js';
import { isProviderId } from '../providers/registry/provider-ids.js';
import type { KeyAlert } from './key-alert.model.js';

const columns = `
  id::text, at, rule, provider, key_id::text AS "keyId", explanation, acknowledged_at AS "acknowledgedAt"`;

const selectHistory: Statement = {
  name: 'key-alerts',
  sql: `
  SELECT ${columns} FROM key_alerts
  WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2::uuid) ORDER BY id DESC LIMIT $3::integer`,
};

/** A moment to the microsecond, as `2026-01-31T12:00:00.123456Z`. */
const asText = (moment: string): string =>
  `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** By the database's clock and in its precision: alerts of several servers have one order. */
const selectNew: Statement = {
  name: 'new-key-alerts',
  sql: `
  SELECT ${columns}, ${asText('written_at')} AS "writtenAt" FROM key_alerts
  WHERE user_id = $1 AND written_at > $2::timestamptz AND id <> ALL($3::uuid[])
  ORDER BY written_at, id LIMIT $4::integer`,
};

const acknowledge: Statement = {
  name: 'acknowledge-key-alert',
  sql: `
  UPDATE key_alerts SET acknowledged_at = coalesce(acknowledged_at, $3::timestamptz)
  WHERE user_id = $1 AND id = $2::uuid
  RETURNING ${columns}`,
};

const selectNow: Statement = { name: 'clock', sql: `SELECT ${asText('clock_timestamp()')} AS now` };

interface AlertRow {
  readonly id: string;
  readonly at: string;
  readonly rule: string;
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly explanation: string;
  readonly acknowledgedAt: string | null;
}

/** An alert, with when the database wrote it, in its own words. */
export interface WrittenAlert {
  readonly alert: KeyAlert;
  readonly writtenAt: string;
}

/** Invariant: every method takes the user's id first, and touches that user's rows only. */
@Injectable()
export class KeyAlertsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Newest first, at most `limit`, older than the alert `afterId`. */
  async list(userId: string, limit: number, afterId: string | null): Promise<KeyAlert[]> {
    const rows = await this.#select<AlertRow>(selectHistory, userId, afterId, String(limit));
    return rows.map(toAlert);
  }

  /** Oldest first: what was written after a moment, but for those that are known already. */
  async listNew(
    userId: string,
    after: string,
    known: readonly string[],
    limit: number,
  ): Promise<WrittenAlert[]> {
    const rows = await this.#select<AlertRow & { writtenAt: string }>(
      selectNew,
      ...([userId, after, known, String(limit)] as const),
    );
    return rows.map(({ writtenAt, ...row }) => ({ alert: toAlert(row), writtenAt }));
  }

  /** What was acknowledged before stays so. @returns null where the user has no such alert */
  async acknowledge(userId: string, id: string): Promise<KeyAlert | null> {
    const [row] = await this.#select<AlertRow>(acknowledge, userId, id, new Date().toISOString());
    return row ? toAlert(row) : null;
  }

  /** What the database's clock says. */
  async now(): Promise<string> {
    const [row] = await this.database.run<{ now: string }>(selectNow, []);
    if (!row) throw new Error('The database did not say what time it is.');
    return row.now;
  }

  #select<Row>(statement: Statement, userId: string, ...values: readonly StatementValue[]): Promise<Row[]> {
    return this.database.run<Row>(statement, [userId, ...values]);
  }
}

const toAlert = ({ at, acknowledgedAt, provider, ...row }: AlertRow): KeyAlert => ({
  ...row,
  at: new Date(at),
  provider: provider !== null && isProviderId(provider) ? provider : null,
  acknowledgedAt: acknowledgedAt === null ? null : new Date(acknowledgedAt),
});
