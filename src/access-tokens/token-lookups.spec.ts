import type { DatabaseService } from '../prisma/database.service.js';
import { type FoundToken, TokenLookups } from './token-lookups.js';

type Database = Pick<DatabaseService, 'run' | 'withinLimit'>;

/** A database that answers when a test lets it, and what it was asked. */
function heldDatabase() {
  const asked: (readonly string[])[] = [];
  const answers: ((rows: readonly FoundToken[]) => void)[] = [];
  const database: Database = {
    withinLimit: (operation) => operation(),
    run: <Row>(_: unknown, [hashes]: readonly unknown[]) =>
      new Promise<Row[]>((resolve) => {
        asked.push(hashes as readonly string[]);
        answers.push((rows) => resolve(rows as Row[]));
      }),
  };
  return { database, asked, answers };
}

const tokenOf = (hash: string): FoundToken => ({
  hash,
  id: hash,
  userId: 'alice',
  scopes: [],
  expiresAt: '',
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('TokenLookups', () => {
  it('asks once for all that come together, and tells each its own', async () => {
    const { database, asked, answers } = heldDatabase();
    const lookups = new TokenLookups(database);
    const found = Promise.all(['a', 'b', 'a', 'c'].map((hash) => lookups.find(hash)));
    await turn();
    expect(asked).toEqual([['a', 'b', 'c']]);
    answers[0]!([tokenOf('b'), tokenOf('a')]);
    expect((await found).map((token) => token?.id ?? null)).toEqual(['a', 'b', 'a', null]);
  });

  it('is not held up by a statement that hangs', async () => {
    const { database, answers } = heldDatabase();
    const lookups = new TokenLookups(database);
    void lookups.find('a');
    await turn();
    const other = lookups.find('b');
    await turn();
    answers[1]!([tokenOf('b')]);
    expect(await other).toMatchObject({ id: 'b' });
  });

  it('lets a bounded number wait while the database hangs, and looks up those when it is back', async () => {
    const { database, asked, answers } = heldDatabase();
    const lookups = new TokenLookups(database);
    const results = Promise.allSettled(
      Array.from({ length: 100_000 }, (_, index) => lookups.find(String(index))),
    );
    await turn();
    for (let index = 0; index < 20; index += 1) {
      answers[index]?.([]);
      await turn();
    }
    const kinds = new Map<string, number>();
    for (const result of await results) {
      const kind = result.status === 'fulfilled' ? 'found' : (result.reason as { code: string }).code;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(kinds.get('found')).toBe(1_000);
    expect(kinds.get('SERVICE_UNAVAILABLE')).toBe(99_000);
    expect(Math.max(...asked.map(({ length }) => length))).toBe(100);
  });

  it('fails those that asked, and goes on with the next', async () => {
    const { database, asked } = heldDatabase();
    let isAway = true;
    const run: Database['run'] = (...args) =>
      isAway ? Promise.reject(new Error('away')) : database.run(...args);
    const lookups = new TokenLookups({ ...database, run });
    await expect(lookups.find('a')).rejects.toThrow('away');
    isAway = false;
    void lookups.find('b');
    await turn();
    expect(asked).toEqual([['b']]);
  });
});
