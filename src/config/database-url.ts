import { parsePostgresUrl, postgresUrl } from './postgres-url.js';
import { InvalidValueError } from './variable.js';

/** Prisma's own parameter of a URL, for what stands between: true, or false as if it were left out. */
const POOLER = 'pgbouncer';

/** Where the data is: directly, or through a transaction pooler. */
export function databaseUrl(text: string): string {
  const url = postgresUrl(text);
  if (!['true', 'false', null].includes(new URL(url).searchParams.get(POOLER))) {
    throw new InvalidValueError(`its parameter ${POOLER} must be true or false`);
  }
  return url;
}

/** Where migrations find it: a pooler that lends connections for one transaction each has no session to lock in. */
export function directDatabaseUrl(text: string): string {
  const url = databaseUrl(text);
  if (leadsToPooler(url)) {
    throw new InvalidValueError(`must lead to the database itself, not through a pooler (${POOLER}=true)`);
  }
  return url;
}

/** Whether the URL says that a pooler stands before the database which lends a connection for one transaction. */
export const leadsToPooler = (url: string): boolean =>
  parsePostgresUrl(url).searchParams.get(POOLER) === 'true';
