import { PGlite } from '@electric-sql/pglite';
import { jest } from '@jest/globals';
import pg from 'pg';

/** The statements that went to the database during the work, embedded or a server, as the driver sent them. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const spies = [pg.Client.prototype, PGlite.prototype].map((driver) => {
    const original = Reflect.get(driver, 'query') as (...args: unknown[]) => unknown;
    return jest.spyOn(driver as { query: typeof original }, 'query').mockImplementation(function (
      this: unknown,
      ...args
    ) {
      const [query] = args as [string | { text: string }];
      statements.push(typeof query === 'string' ? query : query.text);
      return Reflect.apply(original, this, args);
    });
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return statements;
}
