import { toDatabaseError } from './database-errors.js';
import { DatabaseReadOnlyError, DatabaseUnavailableError } from './database-unavailable.error.js';
import { wordsOf } from './error-codes.js';

/** As node-postgres, Prisma and the driver adapters make them. */
const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const fromAdapter = (kind: string, more: object = {}) =>
  Object.assign(withCode('P2010'), {
    meta: { driverAdapterError: new Error(kind, { cause: { kind, ...more } }) },
  });

describe('A failure of the database', () => {
  it.each([
    ['refused', withCode('ECONNREFUSED')],
    ['refused on every address', Object.assign(new AggregateError([withCode('ECONNREFUSED')]), {})],
    ['reset', withCode('ECONNRESET')],
    ['not found', withCode('ENOTFOUND')],
    ['shutting down', withCode('57P01')],
    ['starting up', withCode('57P03')],
    ['full of connections', withCode('53300')],
    ['a statement timeout', withCode('57014')],
    ['Prisma: no connection in time', withCode('P2024')],
    ['Prisma: no transaction in time', withCode('P2028')],
    ['Prisma: a deadlock', withCode('P2034')],
    ['a deadlock', withCode('40P01')],
    ["a conflict with a standby's recovery", withCode('40001')],
    ['dropped under a standby', withCode('57P04')],
    ['a raw query, a deadlock', fromAdapter('TransactionWriteConflict', { originalCode: '40P01' })],
    ['a raw query, not reachable', fromAdapter('DatabaseNotReachable')],
    ['a raw query, in an SQLSTATE', fromAdapter('postgres', { originalCode: '57P01' })],
    ['no free connection', new Error('timeout exceeded when trying to connect')],
    ['cut', new Error('Connection terminated unexpectedly')],
    ['silent', new Error('Query read timeout')],
  ])('means that it is unavailable: %s', (_what, error) => {
    expect(toDatabaseError(error)).toBeInstanceOf(DatabaseUnavailableError);
    expect((toDatabaseError(error) as Error).cause).toBe(error);
  });

  it.each([
    ['the driver', withCode('25006')],
    ['a raw query', fromAdapter('postgres', { originalCode: '25006' })],
    ['what stands behind', new Error('x', { cause: withCode('25006') })],
  ])('means that it takes no changes: %s', (_who, error) => {
    expect(toDatabaseError(error)).toBeInstanceOf(DatabaseReadOnlyError);
    expect(toDatabaseError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });

  it.each([
    ['a constraint', withCode('P2002')],
    ['a missing row', withCode('P2025')],
    ['a mistake in SQL', withCode('42601')],
    ['a refused change of the audit trail', withCode('42501')],
    ['a mistake of ours', new TypeError('x is undefined')],
    ['what is no error', 'x'],
  ])('means nothing of the kind: %s', (_what, error) => {
    expect(toDatabaseError(error)).toBe(error);
  });

  it('is described by the most specific of its causes', () => {
    const prisma = withCode(
      'P1001',
      "\nInvalid `prisma.$queryRaw()` invocation:\n\n\nCan't reach the server",
    );
    expect(wordsOf(new Error('unavailable', { cause: prisma }))).toBe("Can't reach the server");
    expect(wordsOf(new Error('a b', { cause: withCode('ECONNRESET', 'read ECONNRESET') }))).toBe(
      'read ECONNRESET',
    );
  });

  it('does not run in circles', () => {
    const error = new Error('x y');
    error.cause = error;
    expect(toDatabaseError(error)).toBe(error);
    expect(wordsOf(error)).toBe('x y');
  });
});
