import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { embeddedMigrationTarget } from '../../src/prisma/embedded-migration-target.js';
import type { MigrationTarget } from '../../src/prisma/migrator.js';
import { openPostgresMigrationTarget } from '../../src/prisma/postgres-migration-target.js';
import type { DatabaseKind } from './database.js';
import { databaseName } from './run-names.js';

/** A database without tables. */
export interface EmptyDatabase {
  /** PostgreSQL's only; null for the embedded one. */
  readonly url: string | null;
  /** A migrator's way to it; PostgreSQL gives each caller a session of its own. */
  openTarget(): MigrationTarget;
  query<Row>(sql: string): Promise<Row[]>;
  /** Takes everything out again: quicker than another database. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

const EMPTY = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public;';

export function createEmptyDatabase(kind: DatabaseKind): Promise<EmptyDatabase> {
  return kind === 'PGlite' ? createInMemory() : createOnServer();
}

async function createInMemory(): Promise<EmptyDatabase> {
  const pglite = await PGlite.create();
  return {
    url: null,
    openTarget: () => embeddedMigrationTarget({ pglite, close: () => Promise.resolve() }),
    query: async <Row>(sql: string) => (await pglite.query<Row>(sql)).rows,
    empty: async () => {
      await pglite.exec(EMPTY);
    },
    drop: () => pglite.close(),
  };
}

async function createOnServer(): Promise<EmptyDatabase> {
  const server = process.env.TEST_DATABASE_URL!;
  const name = databaseName();
  const url = new URL(server);
  url.pathname = `/${name}`;
  await run(server, `CREATE DATABASE ${name}`);
  return {
    url: url.href,
    openTarget: () => openPostgresMigrationTarget(url.href),
    query: async <Row>(sql: string) => (await run(url.href, sql)) as Row[],
    empty: async () => {
      await run(url.href, EMPTY);
    },
    drop: async () => {
      await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
