import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { buildSchema, execute, parse } from 'graphql';
import { BadUserInputError } from '../../common/input-errors.js';
import { loadConfig } from '../../config/load-config.js';
import { ErrorMask } from './error-mask.js';

const mask = new ErrorMask(
  loadConfig(
    {
      NODE_ENV: 'test',
      ENCRYPTION_KEY: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      AUTH_JWT_SECRET: 'a secret for tests, of more than 32 bytes',
    },
    [],
  ),
);
const schema = buildSchema('type Query { text: String, count: Int!, of(limit: Int! = 1): String }');

/** What a client gets of the first error of an execution. */
async function maskedErrorOf(
  query: string,
  rootValue: unknown,
  variableValues: Record<string, unknown> = {},
) {
  const { errors } = await execute({ schema, document: parse(query), rootValue, variableValues });
  if (!errors?.[0]) throw new Error('It succeeded.');
  return mask.format(errors[0], 'request-1');
}

describe('ErrorMask', () => {
  let logged: unknown[][];
  beforeEach(() => {
    logged = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((...args: unknown[]) => void logged.push(args));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ['a result that its type cannot show', '{ text }', { text: { key: 'sk-proj-0123456789' } }],
    ['a number that is too large', '{ count }', { count: 2 ** 40 }],
    ['a result that must not be null', '{ count }', { count: null }],
    [
      'any other error',
      '{ text }',
      {
        text: () => {
          throw new Error('sk-proj-0123456789');
        },
      },
    ],
  ])('makes of %s our own mistake, without the value, and logs it', async (_, query, root) => {
    const error = await maskedErrorOf(query, root);
    expect(error.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' });
    expect(JSON.stringify(error)).not.toMatch(/sk-proj|1099511627776/);
    expect(logged).toHaveLength(1);
  });

  it('shows an argument that the document has wrong as a mistake in it', async () => {
    const error = await maskedErrorOf('query ($limit: Int) { of(limit: $limit) }', {}, { limit: null });
    expect(error).toMatchObject({ path: ['of'], extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(logged).toEqual([]);
  });

  it('shows an error of ours as it is', async () => {
    const error = await maskedErrorOf('{ text }', {
      text: () => {
        throw BadUserInputError.at('input.name', 'must be short');
      },
    });
    expect(error).toMatchObject({
      message: 'input.name: must be short',
      extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'input.name', message: 'must be short' }] },
    });
    expect(logged).toEqual([]);
  });
});
