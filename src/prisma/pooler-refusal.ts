import pg from 'pg';
import { StartupError } from '../common/startup-error.js';
import { leadsToPooler } from '../config/database-url.js';
import { errorsBehind } from './error-codes.js';
import { withSession } from './postgres.js';

const CONNECT_MS = 5_000;
/** How often it is looked: others who use the pooler meanwhile may hide what it does. */
const ATTEMPTS = 5;
const WHO_SERVES = 'SELECT pg_backend_pid() AS pid';

/** Whether a pooler refused what every session begins with. The code is that of any breach of the protocol. */
export const isRefusedByPooler = (error: unknown): boolean =>
  [...errorsBehind(error)].some(
    ({ message }) => typeof message === 'string' && message.includes('unsupported startup parameter'),
  );

export const poolerRefusal = (options?: ErrorOptions): StartupError =>
  new StartupError(
    'This address leads to a transaction pooler, and migrations do not run through one: they need one session from ' +
      'beginning to end. Set MIGRATION_DATABASE_URL to the address of the database itself.',
    options,
  );

/**
 * Refuses a pooler that lends connections for one transaction each. One that the URL does not declare is found out
 * where it shows: a server process that serves two connections, or a connection that two processes serve.
 *
 * @param query runs a statement on the connection that migrations use
 * @throws StartupError
 */
export async function refusePooler(
  url: string,
  query: (sql: string) => Promise<pg.QueryResult>,
): Promise<void> {
  if (leadsToPooler(url)) throw poolerRefusal();
  const other = new pg.Client({ connectionString: withSession(url), connectionTimeoutMillis: CONNECT_MS });
  // After the connection is made, its loss is the statement's failure.
  other.on('error', () => undefined);
  const isThere = await other.connect().then(
    () => true,
    () => false,
  );
  // A role may have one connection alone. Where none may be opened, the migration itself finds out why.
  if (!isThere) return;
  try {
    const ours = new Set<unknown>();
    const theirs = new Set<unknown>();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      ours.add(processOf(await query(WHO_SERVES)));
      ours.add(processOf(await query(WHO_SERVES)));
      theirs.add(processOf(await other.query(WHO_SERVES)));
      if (ours.size > 1 || theirs.size > 1 || [...ours].some((pid) => theirs.has(pid))) throw poolerRefusal();
    }
  } finally {
    await other.end();
  }
}

const processOf = ({ rows }: pg.QueryResult): unknown => (rows as { pid: unknown }[])[0]?.pid;
