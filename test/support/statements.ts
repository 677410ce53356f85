import { PGlite } from '@electric-sql/pglite';
import { jest } from '@jest/globals';
import pg from 'pg';

/** The statements that went to the database during the work, embedded or a server, as the driver sent them. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  // What a connection sends, for a pool's connections have a `query` of their own.
  const submit = Reflect.get(pg.Query.prototype, 'submit') as (...args: unknown[]) => unknown;
  const query = Reflect.get(PGlite.prototype, 'query') as (...args: unknown[]) => unknown;
  const spies = [
    jest
      .spyOn(pg.Query.prototype as unknown as { submit: typeof submit }, 'submit')
      .mockImplementation(function (this: unknown, ...args) {
        statements.push((this as { text: string }).text);
        return Reflect.apply(submit, this, args);
      }),
    jest.spyOn(PGlite.prototype as unknown as { query: typeof query }, 'query').mockImplementation(function (
      this: unknown,
      ...args
    ) {
      statements.push(args[0] as string);
      return Reflect.apply(query, this, args);
    }),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return statements;
}
