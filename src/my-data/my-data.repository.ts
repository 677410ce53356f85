import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DatabaseService } from '../prisma/database.service.js';
import type { Statement } from '../prisma/statement.js';

/** Everything but the audit trail, which keeps that it happened; ciphertext goes with its key. */
const deleteAll: Statement = {
  name: 'delete-my-data',
  sql: `
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
  ), counted AS (
    SELECT count(*) FILTER (WHERE status IN ('ACTIVE', 'DISABLED'))::integer AS keys FROM keys
  ), events AS (
    INSERT INTO audit_events (id, user_id, kind, at, outcome, detail)
    SELECT $2::uuid, $1, 'DATA_DELETED', $3::timestamptz, 'OK', 'keys: ' || keys FROM counted
  )
  SELECT keys FROM counted`,
};

@Injectable()
export class MyDataRepository {
  constructor(private readonly database: DatabaseService) {}

  /** @returns how many keys there were that could be used or were disabled */
  async deleteAll(userId: string): Promise<number> {
    const [row] = await this.database.run<{ keys: number }>(deleteAll, [
      userId,
      uuidv7(),
      new Date().toISOString(),
    ]);
    return row?.keys ?? 0;
  }
}
