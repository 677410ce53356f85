import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { leadsToPooler } from '../config/database-url.js';
import { parsePostgresUrl } from '../config/postgres-url.js';
import { clientWithin, limitStatements } from './connection-limits.js';
import { renewConnections } from './connection-renewal.js';
import type { DatabaseLimits } from './database-settings.js';
import { setTls } from './postgres-tls.js';
import { statementTypes } from './pool-statements.js';
import { type Settings, throughPooler } from './transaction-pooler.js';

/** Called when an idle connection broke: the pool has dropped it and makes a new one when needed. */
export type ConnectionLostListener = (error: Error) => void;

/** The schema that the URL names, as in Prisma's own URLs: `?schema=keystream`. */
export const schemaOf = (url: string): string | null => parsePostgresUrl(url).searchParams.get('schema');

/** As libpq's `options` takes it: a space would end it. */
const escapeOption = (value: string): string => value.replace(/[\\ ]/g, '\\$&');

/**
 * What holds for every statement. The driver adapter reads and writes timestamps as if every session were in UTC, so
 * every session is; and statements that name no schema mean the one that the URL names.
 */
function settingsFor(url: string): Settings {
  const schema = schemaOf(url);
  return {
    TimeZone: 'UTC',
    ...(schema === null ? {} : { search_path: pg.escapeIdentifier(schema) }),
  };
}

/** What nothing may outlast, on the database's side. */
const limitsFor = (limits: DatabaseLimits): Settings => ({
  statement_timeout: limits.statementMs,
  idle_in_transaction_session_timeout: limits.totalMs,
});

/** The URL as the driver takes it. */
function driverUrl(url: string): URL {
  const address = parsePostgresUrl(url);
  setTls(address.searchParams);
  return address;
}

/** The same with settings that every session begins with. */
export function withSession(url: string, settings: Settings = {}): string {
  const address = driverUrl(url);
  const options = Object.entries({ ...settingsFor(url), ...settings }).map(
    ([name, value]) => `-c ${name}=${escapeOption(String(value))}`,
  );
  const own = address.searchParams.get('options');
  address.searchParams.set('options', [...(own === null ? [] : [own]), ...options].join(' '));
  return address.href;
}

/** A connection whose transaction did not end is stuck or unfit for the next user: closing it takes it from the pool. */
function closeUnlessIdle(_error: unknown, client: pg.PoolClient): void {
  if (client.getTransactionStatus() !== 'I') void client.end();
}

/** A bounded pool of connections on which nothing takes longer than the limits say. */
export function openPool(
  url: string,
  limits: DatabaseLimits,
  onConnectionLost: ConnectionLostListener,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: leadsToPooler(url) ? driverUrl(url).href : withSession(url, limitsFor(limits)),
    application_name: 'keystream',
    max: limits.connections,
    Client: clientWithin(limits),
    types: statementTypes(),
    keepAlive: true,
  });
  pool.on('connect', (client) => limitStatements(client, limits));
  pool.on('error', onConnectionLost);
  pool.on('release', closeUnlessIdle);
  renewConnections(pool);
  return pool;
}

/** The driver on such a pool. */
export function pooledAdapter(pool: pg.Pool, url: string, limits: DatabaseLimits): SqlDriverAdapterFactory {
  const adapter = postgresAdapter(pool, url);
  return leadsToPooler(url) ? throughPooler(adapter, { ...settingsFor(url), ...limitsFor(limits) }) : adapter;
}

export function postgresAdapter(pool: pg.Pool, url: string): PrismaPg {
  const schema = schemaOf(url);
  return new PrismaPg(pool, { ...(schema !== null && { schema }) });
}

/** Where the database is, for messages: without the user and the password. */
export function addressOf(url: string): string {
  const { hostname, port, pathname, searchParams } = parsePostgresUrl(url);
  // An empty parameter counts for nothing.
  const place = [searchParams.get('host'), hostname].find(Boolean) ?? '';
  const door = [searchParams.get('port'), port].find(Boolean);
  return `${place}${door === undefined ? '' : `:${door}`}${pathname}`;
}
