import { buildSchema, createSourceEventStream, execute, type GraphQLSchema, parse } from 'graphql';
import { ACCESS, type Access } from '../../auth/access.decorator.js';
import type { AccessScope } from '../../auth/access-scope.js';
import { describeAccess, guardFields } from './field-access.js';

/** Its fields say nothing of access, but for those that are named. */
function schemaOf(access: Readonly<Record<string, Access>>): GraphQLSchema {
  const schema = buildSchema(`
    type Query { open: Int "What it is." named: Int }
    type Mutation { open: Int named: Int }
    type Subscription { open: Int named: Int }`);
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type!.getFields())) {
      field.extensions = { [ACCESS]: access[field.name] };
      field.resolve = () => 1;
      field.subscribe = async function* () {
        yield await Promise.resolve({});
      };
    }
  }
  return schema;
}

const tokenWith = (...scopes: AccessScope[]) => ({ accessToken: { id: 'token-1', scopes: new Set(scopes) } });

describe('guardFields', () => {
  const schema = guardFields(schemaOf({ named: 'CHAT' }));

  /** @returns the words of its first error, or null */
  async function ask(text: string, user: object | null, of = schema): Promise<string | null> {
    const args = { schema: of, document: parse(text), contextValue: { user } };
    const result = await (text.startsWith('subscription') ? createSourceEventStream(args) : execute(args));
    const [error] = 'errors' in result ? result.errors : [];
    return error?.message ?? null;
  }

  describe.each(['query', 'mutation', 'subscription'])('for a %s', (operation) => {
    it('lets every access token use what is for all of them', async () => {
      const forAll = guardFields(schemaOf({ named: 'ANY' }));
      expect(await ask(`${operation} { named }`, tokenWith('AUDIT'), forAll)).toBeNull();
      expect(await ask(`${operation} { open }`, tokenWith('AUDIT'), forAll)).not.toBeNull();
    });

    it('lets access tokens use what names their scope, and JWTs everything', async () => {
      expect(await ask(`${operation} { named }`, tokenWith('CHAT'))).toBeNull();
      expect(await ask(`${operation} { named }`, { accessToken: null })).toBeNull();
      expect(await ask(`${operation} { open }`, { accessToken: null })).toBeNull();
    });

    it('names the scope that is missing', async () => {
      const message = 'This access token lacks the scope that this needs: CHAT.';
      expect(await ask(`${operation} { other: named }`, tokenWith('SEARCH', 'AUDIT'))).toBe(message);
    });

    it('keeps access tokens out of what names no scope', async () => {
      expect(await ask(`${operation} { open }`, tokenWith('CHAT', 'KEYS_WRITE'))).toMatch(
        /^Access tokens cannot do this/,
      );
    });
  });

  it('begins no field for a token that may not use it, whatever is asked beside it', async () => {
    const document = parse('query { named ...all } fragment all on Query { open }');
    const { data, errors } = await execute({ schema, document, contextValue: { user: tokenWith('CHAT') } });
    expect(data).toEqual({ named: 1, open: null });
    expect(errors).toHaveLength(1);
  });
});

describe('describeAccess', () => {
  it('says of each field which tokens may use it', () => {
    const fields = describeAccess(schemaOf({ named: 'AUDIT' }))
      .getQueryType()!
      .getFields();
    expect(fields.named!.description).toBe('What it is.\n\nScope of access tokens: AUDIT.');
    expect(fields.open!.description).toBe('Access tokens cannot do this.');
  });
});
