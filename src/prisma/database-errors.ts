import { isTlsFailure } from '../common/tls-errors.js';
import { DatabaseReadOnlyError, DatabaseUnavailableError } from './database-unavailable.error.js';
import { codesOf, errorsBehind, hasCode, READ_ONLY } from './error-codes.js';

/** https://www.prisma.io/docs/orm/reference/error-reference */
const prismaCodes = new Set([
  'P1000', // authentication failed
  'P1001', // not reachable
  'P1002', // reached, timed out
  'P1003', // the database does not exist
  'P1008', // operation timed out
  'P1010', // access denied
  'P1011', // TLS
  'P1017', // the server closed the connection
  'P2024', // no connection in time
  'P2028', // the transaction did not start or end in time
  'P2034', // a deadlock, or a standby's conflict with what it replays
  'P2037', // too many connections
]);

/** What the driver adapters say where Prisma adds no code of its own: for raw queries. */
const adapterKinds = new Set([
  'AuthenticationFailed',
  'ConnectionClosed',
  'DatabaseAccessDenied',
  'DatabaseDoesNotExist',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  'TransactionWriteConflict',
]);

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const sqlStates = new Set([
  '28000', // access denied
  '28P01', // wrong password
  '3D000', // the database does not exist
  READ_ONLY, // a standby, or what was the primary before a failover
  '25P03', // idle in transaction for too long
  '25P04', // transaction timeout
  '55P03', // lock not available
  '57014', // statement timeout
  '57P01', // shutdown by the administrator
  '57P02', // crash shutdown
  '57P03', // starting up, or not accepting connections
  '57P04', // a standby's database was dropped
  '57P05', // idle session timeout
]);
/** Connection exceptions, transactions that the server rolled back, insufficient resources, system errors. */
const sqlStateClasses = /^(08|40|53|58)[0-9A-Z]{3}$/;

const socketCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // a Unix socket that is not there
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What node-postgres says without a code, and PGlite of itself. */
const messages = [
  'timeout exceeded when trying to connect',
  'The server does not support SSL connections',
  'There was an error establishing an SSL connection',
  'SASL: ', // no password, or one in a way that the driver does not know
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'PGlite is clos',
];

const codes = new Set([...prismaCodes, ...adapterKinds, ...sqlStates, ...socketCodes]);

/** Whether the error means that the database is away, slow or full, or takes no changes. */
export function isUnavailable(error: unknown): boolean {
  const isOne = (code: string) => codes.has(code) || sqlStateClasses.test(code) || isTlsFailure(code);
  if (codesOf(error).some(isOne)) return true;
  return [...errorsBehind(error)].some(
    ({ message }) => typeof message === 'string' && messages.some((start) => message.startsWith(start)),
  );
}

/** A {@link DatabaseUnavailableError} for what {@link isUnavailable}; anything else as it is. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) return error;
  return hasCode(error, READ_ONLY)
    ? new DatabaseReadOnlyError({ cause: error })
    : new DatabaseUnavailableError({ cause: error });
}
