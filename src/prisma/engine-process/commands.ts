import pg from 'pg';
import { addressOf } from '../postgres.js';
import { codesOf, hasCode } from '../error-codes.js';

const CONNECT_MS = 5_000;
const UNDEFINED_DATABASE = '3D000';
/** Every server has it: where to connect for making another. */
const MAINTENANCE_DATABASE = 'postgres';

/** The engine's commands that are no requests. Each says what went wrong on stderr, as log lines, and exits with 1. */
export async function runEngineCommand(command: string | undefined, url = ''): Promise<number> {
  try {
    if (command === 'can-connect-to-database') await execute(url, 'SELECT 1');
    else if (command === 'create-database') await createDatabase(url);
    else throw new Error(`This schema engine does not know the command ${String(command)}.`);
    return 0;
  } catch (error) {
    const missing = hasCode(error, UNDEFINED_DATABASE);
    const words = missing
      ? `Database ${addressOf(url)} does not exist.`
      : `Can't reach the database at ${addressOf(url)}: ${codesOf(error)[0] ?? String(error)}`;
    // The CLI skips the first line, and takes the last line's end for another line.
    process.stderr.write(
      `${logLine('INFO', 'Starting')}\n${logLine('ERROR', words, missing ? 'P1003' : 'P1001')}`,
    );
    return 1;
  }
}

const logLine = (level: string, message: string, code?: string): string =>
  JSON.stringify({
    level,
    target: 'schema_engine::logger',
    fields: { message, is_panic: false, ...(code === undefined ? {} : { error_code: code }) },
  });

async function createDatabase(url: string): Promise<void> {
  const address = new URL(url);
  const name = decodeURIComponent(address.pathname.slice(1));
  address.pathname = `/${MAINTENANCE_DATABASE}`;
  await execute(address.href, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // After the connection is made, its loss is the statement's failure.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
