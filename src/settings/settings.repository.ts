import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../audit/chain/audit-trail.js';
import { addToTrail, rowsOf } from '../audit/trail-rows.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { Statement } from '../prisma/statement.js';

/** As they are stored: a newer version may know more values than this one. */
export interface StoredSettings {
  readonly fallbackPolicy: string;
  readonly defaultSearchProvider: string | null;
  readonly mutedRules: readonly string[];
}

/** What is left out stays as it is. */
export interface SettingsChanges {
  readonly fallbackPolicy?: string;
  readonly defaultSearchProvider?: string | null;
  readonly mutedRules?: readonly string[];
}

const columns = `fallback_policy::text AS "fallbackPolicy", default_search_provider AS "defaultSearchProvider",
  coalesce(muted_rules, '{}') AS "mutedRules"`;

const selectSettings: Statement = {
  name: 'settings',
  sql: `SELECT ${columns} FROM user_settings WHERE user_id = $1`,
};

const updateSettings: Statement = {
  name: 'update-settings',
  sql: `
  WITH changed AS (
    INSERT INTO user_settings AS settings (user_id, fallback_policy, default_search_provider, muted_rules, updated_at)
    VALUES ($1, coalesce($2::"FallbackPolicy", 'USE_SERVER'), $4, $8::text[], $5::timestamptz)
    ON CONFLICT (user_id) DO UPDATE SET
      fallback_policy = coalesce($2::"FallbackPolicy", settings.fallback_policy),
      default_search_provider =
        CASE WHEN $3::boolean THEN excluded.default_search_provider ELSE settings.default_search_provider END,
      muted_rules = CASE WHEN $7::boolean THEN excluded.muted_rules ELSE settings.muted_rules END,
      updated_at = excluded.updated_at
    RETURNING *
  ), events AS (
    ${addToTrail(6, 'true')}
  )
  SELECT ${columns} FROM changed`,
};

/** Invariants: every method takes the user's id first. A change and its audit event are one statement. */
@Injectable()
export class SettingsRepository {
  constructor(
    private readonly database: DatabaseService,
    private readonly trail: AuditTrail,
  ) {}

  async find(userId: string): Promise<StoredSettings | null> {
    const [row] = await this.database.run<StoredSettings>(selectSettings, [userId]);
    return row ?? null;
  }

  /** @param detail what the audit event says of the changes */
  async update(
    userId: string,
    { fallbackPolicy, defaultSearchProvider, mutedRules }: SettingsChanges,
    detail: string,
  ): Promise<StoredSettings> {
    const at = new Date();
    const kind = 'SETTINGS_UPDATED';
    const events = [this.trail.seal({ id: uuidv7(), userId, kind, at, outcome: 'OK', detail })];
    const values = [
      ...[userId, fallbackPolicy ?? null],
      ...[String(defaultSearchProvider !== undefined), defaultSearchProvider ?? null],
      ...[at.toISOString(), rowsOf(events)],
      ...[String(mutedRules !== undefined), mutedRules ?? []],
    ];
    const [row] = await this.trail.write(events, () =>
      this.database.run<StoredSettings>(updateSettings, values),
    );
    if (!row) throw new Error('The database did not return what it stored.');
    return row;
  }
}
