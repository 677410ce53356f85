import pg from 'pg';
import { postgresUrl } from '../../config/postgres-url.js';
import { InvalidValueError } from '../../config/variable.js';
import { explainFailure } from '../database-problem.js';
import { codesOf, hasCode } from '../error-codes.js';
import { isRefusedByPooler, poolerRefusal } from '../pooler-refusal.js';
import { addressOf, withSession } from '../postgres.js';
import { isTlsFailure } from '../../common/tls-errors.js';

const CONNECT_MS = 5_000;
const UNDEFINED_DATABASE = '3D000';
/** Every server has it: where to connect for making another. */
const MAINTENANCE_DATABASE = 'postgres';

/** The database that a command is about, and the variable that names it. */
interface Database {
  readonly url: string;
  readonly variable: string;
}

/**
 * The engine's commands that are no requests. Each says what went wrong, as the log lines of an engine, and exits with 1.
 *
 * @param log takes the lines that the binary writes to stderr
 */
export async function runEngineCommand(
  command: string | undefined,
  { url, variable }: Database,
  log: (lines: string) => void,
): Promise<number> {
  try {
    if (command === 'can-connect-to-database') await execute(postgresUrl(url), 'SELECT 1');
    else if (command === 'create-database') await createDatabase(postgresUrl(url));
    else throw new Error(`This schema engine does not know the command ${String(command)}.`);
    return 0;
  } catch (error) {
    const { code, words } = describe(error, { url, variable });
    // The CLI skips the first line, and takes the last line's end for another line.
    log(`${logLine('INFO', 'Starting')}\n${logLine('ERROR', words, code)}`);
    return 1;
  }
}

/** https://www.prisma.io/docs/orm/reference/error-reference */
function describe(error: unknown, { url, variable }: Database): { code: string; words: string } {
  if (error instanceof InvalidValueError) return { code: 'P1013', words: `${variable}: ${error.message}` };
  if (isRefusedByPooler(error)) return { code: 'P1001', words: poolerRefusal().message };
  const words = `The database at ${addressOf(url)} cannot be used: ${explainFailure(error, variable)}`;
  if (hasCode(error, UNDEFINED_DATABASE)) return { code: 'P1003', words };
  if (hasCode(error, '28P01')) return { code: 'P1000', words };
  return { code: codesOf(error).some(isTlsFailure) ? 'P1011' : 'P1001', words };
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
  const client = new pg.Client({ connectionString: withSession(url), connectionTimeoutMillis: CONNECT_MS });
  // After the connection is made, its loss is the statement's failure.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
