import { nameOf, StatementQuery } from './statement.js';

const statement = { name: 'a-name', sql: 'SELECT $1, $2' };

describe('a statement with its values', () => {
  it('is what driver adapters take: texts, and lists of them', () => {
    const query = new StatementQuery(statement, ['a', ['b', 'c']]);
    expect(query).toMatchObject({
      sql: 'SELECT $1, $2',
      args: ['a', ['b', 'c']],
      argTypes: [
        { scalarType: 'string', arity: 'scalar' },
        { scalarType: 'string', arity: 'list' },
      ],
    });
  });

  it('has the name that it is prepared under, and no other query has one', () => {
    expect(nameOf(new StatementQuery(statement, []))).toBe('a-name');
    expect(nameOf({ sql: 'SELECT 1', args: [], argTypes: [] })).toBe('');
  });
});
