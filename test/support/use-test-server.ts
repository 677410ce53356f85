import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { Statement } from '../../src/prisma/statement.js';
import { createDatabase, type DatabaseKind, type TestDatabase } from './database.js';
import { TestServer } from './test-server.js';

/** Not TRUNCATE, which makes new files for each table and index: twenty times as long for the embedded database. */
const emptyAll: Statement = {
  name: 'empty_all',
  sql: `
    DO $$ BEGIN
      SET LOCAL keystream.audit_maintenance = 'on';
      DELETE FROM access_tokens;
      DELETE FROM attachments;
      DELETE FROM sealed_keys;
      DELETE FROM api_keys;
      DELETE FROM audit_events;
      DELETE FROM usage_hours;
      DELETE FROM model_hours;
      DELETE FROM key_hours;
      DELETE FROM key_reservations;
      DELETE FROM user_settings;
      DELETE FROM rule_states;
      DELETE FROM key_alerts;
      DELETE FROM webhook_deliveries;
    END $$`,
};

/**
 * Gives a suite a server over a database of its own, and each of its tests empty tables and a stand-in that remembers
 * nothing: `const server = useTestServer();`, then `server().query(…)`. Starting a server takes seconds, emptying it
 * milliseconds.
 */
export function useTestServer(
  environment: Readonly<Record<string, string>> = {},
  kind: DatabaseKind = 'PGlite',
  consoleFolder?: string,
): () => TestServer {
  let database: TestDatabase;
  let server: TestServer | null = null;
  beforeAll(async () => {
    database = await createDatabase(kind);
    server = await TestServer.start({ ...database.environment, ...environment }, undefined, consoleFolder);
  });
  beforeEach(async () => {
    if (server) await emptyServer(server);
  });
  afterAll(async () => {
    await server?.stop();
    server = null;
    await database.drop();
  });
  return () => {
    if (!server) throw new Error('The server runs only during a test.');
    return server;
  };
}

export async function emptyServer(server: TestServer): Promise<void> {
  server.standIn.forget();
  // What the test before has brought about would be written into the empty tables.
  await server.app.get(AnomalyWatch).settle();
  await emptyTables(server.app.get(DatabaseService));
}

/** Has all written down that follows a little later from what has happened: what is counted next is of what is done next. */
export async function settleServer({ app }: TestServer): Promise<void> {
  await app.get(AuditTrail).flush();
  await app.get(AnomalyWatch).settle();
}

/** Takes out all that users have in a database. */
export async function emptyTables(database: DatabaseService): Promise<void> {
  await database.run(emptyAll, []);
}
