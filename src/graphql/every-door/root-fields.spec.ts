import { buildSchema, execute, type GraphQLFieldResolver, parse } from 'graphql';
import { ClientLeftError } from './client-left.error.js';
import { endFieldsWithTheirSignal } from './root-fields.js';

describe('endFieldsWithTheirSignal', () => {
  const controller = (): AbortController => new AbortController();

  async function run(
    query: string,
    resolve: GraphQLFieldResolver<unknown, unknown>,
    leaving: AbortController,
    expiresAt = new Date(Date.now() + 60_000),
  ) {
    const schema = buildSchema('type Query { ask: Int } type Mutation { change: Int }');
    for (const type of [schema.getQueryType(), schema.getMutationType()])
      for (const field of Object.values(type?.getFields() ?? {})) field.resolve = resolve;
    endFieldsWithTheirSignal(schema);
    return execute({
      schema,
      document: parse(query),
      contextValue: { signal: leaving.signal, user: { expiresAt } },
    });
  }

  it('answers with the reason while a field waits', async () => {
    const leaving = controller();
    const answer = run('{ ask }', () => new Promise(() => undefined), leaving);
    leaving.abort(new ClientLeftError());
    const { errors } = await answer;
    expect(errors).toMatchObject([{ path: ['ask'], originalError: leaving.signal.reason as object }]);
  });

  it('begins no field after it', async () => {
    const leaving = controller();
    let begun = 0;
    const change = (): Promise<number> => {
      begun += 1;
      // It has its answer, and its client is gone before the next one begins.
      return Promise.resolve(begun).finally(() => leaving.abort(new ClientLeftError()));
    };
    const { errors } = await run('mutation { a: change b: change c: change }', change, leaving);
    expect(begun).toBe(1);
    expect(errors).toHaveLength(3);
  });

  it('begins no field when the token has expired', async () => {
    let begun = 0;
    const change = (): number => (begun += 1);
    const { errors } = await run('mutation { a: change }', change, controller(), new Date());
    expect(begun).toBe(0);
    expect(errors).toMatchObject([{ originalError: { code: 'UNAUTHENTICATED' } }]);
  });
});
