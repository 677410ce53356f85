import { parsePostgresUrl, postgresUrl } from './postgres-url.js';
import { InvalidValueError } from './variable.js';

/** Prisma's own parameter of a URL, for what stands between: true, or false as if it were left out. */
const POOLER = 'pgbouncer';

/** Where the data is: directly, or through a transaction pooler. */
export function databaseUrl(text: string): string {
  if (hostsOf(text).includes(',')) {
    throw new InvalidValueError(
      'must name one host, one that follows the primary (docs/operations.md, Failover)',
    );
  }
  const url = postgresUrl(text);
  const pooler = new URL(url).searchParams.getAll(POOLER);
  if (pooler.length > 1 || !['true', 'false', undefined].includes(pooler[0])) {
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

/** All that stands between the account and the database's name. libpq takes several hosts there, and the driver one. */
const hostsOf = (text: string): string => /^\w+:\/\/([^/?#]*)/.exec(text)?.[1]?.split('@').at(-1) ?? '';
