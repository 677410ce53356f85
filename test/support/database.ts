import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedDatabase } from '../../src/prisma/embedded-database.js';
import { databaseName, runId } from './run-names.js';

/** A database of a test's own, migrated, and gone afterwards. */
export interface TestDatabase {
  /** The variables that point a server at it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a statement while no server has it open. */
  execute(statement: string): Promise<void>;
  drop(): Promise<void>;
}

export type DatabaseKind = 'PGlite' | 'PostgreSQL';

/** PGlite always; PostgreSQL where TEST_DATABASE_URL names a server. */
export const databaseKinds: readonly DatabaseKind[] = process.env.TEST_DATABASE_URL
  ? ['PGlite', 'PostgreSQL']
  : ['PGlite'];

export function createDatabase(kind: DatabaseKind = 'PGlite'): Promise<TestDatabase> {
  return kind === 'PGlite' ? createEmbedded() : createOnServer();
}

async function createEmbedded(): Promise<TestDatabase> {
  const template = process.env.TEST_TEMPLATE_DIR;
  if (!template) throw new Error('The global setup did not run.');
  const folder = await mkdtemp(join(tmpdir(), 'keystream-test-'));
  // A thousand small files: one after the other takes a third of the time.
  cpSync(template, folder, { recursive: true });
  return {
    environment: { DATA_DIR: folder },
    execute: async (statement) => {
      const { pglite, close } = await openEmbeddedDatabase(folder);
      await pglite.exec(statement).finally(close);
    },
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function createOnServer(): Promise<TestDatabase> {
  const name = databaseName();
  const url = new URL(process.env.TEST_DATABASE_URL!);
  await onServer(`CREATE DATABASE ${name} TEMPLATE keystream_test_${runId()}_template`);
  url.pathname = `/${name}`;
  const folder = await mkdtemp(join(tmpdir(), 'keystream-test-'));
  return {
    environment: { DATABASE_URL: url.href, DATA_DIR: folder },
    execute: (statement) => onServer(statement, url.href),
    drop: async () => {
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a statement, by default outside every test's database. */
async function onServer(statement: string, url = process.env.TEST_DATABASE_URL): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
