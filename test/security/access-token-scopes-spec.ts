import { GraphQLSchemaHost } from '@nestjs/graphql';
import { AccessScope } from '../../src/auth/access-scope.js';
import { ACCESS } from '../../src/auth/access.decorator.js';
import { Limits } from '../../src/limits/limits.service.js';
import { createToken } from '../support/access-tokens.js';
import { doors } from '../support/doors.js';
import { attempts } from '../support/ownership-attempts.js';
import { useTestServer } from '../support/use-test-server.js';
import type { Victim } from '../support/victim.js';
import { ENDLESS, type WholeDocument, wholeDocuments } from '../support/whole-document.js';

const allScopes = Object.values(AccessScope);
const CLOSED = ['accessTokens', 'createAccessToken', 'revokeAccessToken', 'updateSettings', 'deleteMyData'];
/** What needs no scope: whose token it is. */
const OPEN = ['viewerId'];
const documents = wholeDocuments();

/** Ids of nothing: what is let in finds nothing, which is not what it is asked for here. */
const ids = { one: '0199b000-0000-7000-8000-000000000000' };
const nobody = {
  ...{
    userId: 'nobody',
    keyIds: ids,
    chatIds: ids,
    requestIds: ids,
    alertIds: ids,
    tokenIds: ids,
    attachmentIds: ids,
    cursors: {},
  },
} as unknown as Victim;

/** Variables with which its document is valid. */
function variablesOf({ operation, name }: WholeDocument): Record<string, unknown> {
  return attempts[`${operation} ${name}`]!(nobody)[0]?.variables ?? {};
}

describe('access tokens and the fields of the schema', () => {
  const server = useTestServer();

  const schema = () => server().app.get(GraphQLSchemaHost, { strict: false }).schema;
  const scopeOf = ({ operation, name }: WholeDocument): unknown => {
    const roots = {
      query: schema().getQueryType(),
      mutation: schema().getMutationType(),
      subscription: schema().getSubscriptionType(),
    };
    return roots[operation]?.getFields()[name]?.extensions[ACCESS];
  };
  const tokenWith = async (scopes: readonly string[]) =>
    (await createToken(server(), 'alice', { scopes })).secret;

  /** What each way in says to a token: an error, or null where it lets it in. */
  async function outcomes(document: WholeDocument, token: string) {
    const { operation, query } = document;
    const variables = variablesOf(document);
    if (operation !== 'subscription') {
      const { errors } = await server().post(token, query, variables);
      return [errors[0] ?? null];
    }
    const said: (Record<string, any> | null)[] = [];
    for (const door of doors) {
      const open = server().app.get(Limits).openStreams;
      const subscription = await door.subscribe(server(), token, query, variables);
      const first = subscription.next();
      const opened = async () => {
        while (server().app.get(Limits).openStreams <= open)
          await server().query('alice', '{ viewer { id } }');
        return null;
      };
      const result = ENDLESS.has(document.name) ? await Promise.race([first, opened()]) : await first;
      said.push((result?.errors?.[0] as Record<string, any> | undefined) ?? null);
      subscription.cut();
      while (server().app.get(Limits).openStreams > open) await server().query('alice', '{ viewer { id } }');
    }
    return said;
  }

  it('have a scope for each that they may use, and none for those that need a JWT', () => {
    const rest = documents.filter((document) => !allScopes.includes(scopeOf(document) as AccessScope));
    const namesOf = (access: string) =>
      rest.filter((document) => scopeOf(document) === access).map(({ name }) => name);
    expect(namesOf('JWT').sort()).toEqual([...CLOSED].sort());
    expect(namesOf('ANY')).toEqual(OPEN);
    expect(rest).toHaveLength(CLOSED.length + OPEN.length);
  });

  it.each(allScopes)('say whose they are, with no other scope than %s', async (scope) => {
    expect(await server().post(await tokenWith([scope]), '{ viewerId }')).toMatchObject({
      data: { viewerId: 'alice' },
    });
  });

  const scoped = documents.filter(({ name }) => !OPEN.includes(name));
  it.each(scoped.map((document) => [`${document.operation} ${document.name}`, document] as const))(
    'are kept to their scopes: %s',
    async (_, document) => {
      const scope = scopeOf(document) as AccessScope;
      const others = CLOSED.includes(document.name) ? allScopes : allScopes.filter((each) => each !== scope);
      const message = CLOSED.includes(document.name)
        ? 'Access tokens cannot do this: it needs a JWT of your identity provider.'
        : `This access token lacks the scope that this needs: ${scope}.`;
      for (const error of await outcomes(document, await tokenWith(others)))
        expect(error).toMatchObject({ message, extensions: { code: 'FORBIDDEN', retryable: false } });
      if (CLOSED.includes(document.name)) return;
      for (const error of await outcomes(document, await tokenWith([scope])))
        expect(error?.extensions?.code).not.toBe('FORBIDDEN');
    },
  );

  it('need SEARCH, too, for a chat that searches', async () => {
    const query = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text } }';
    const input = { messages: [{ role: 'USER', content: 'Hello' }], webSearch: {} };
    const chat = 'subscription ($input: ChatInput!) { chat(input: $input) { seq } }';
    const without = await tokenWith(['CHAT', 'KEYS_READ']);
    expect(await server().failure(without, query, { input })).toBe('FORBIDDEN');
    expect(await server().failure(await tokenWith(['CHAT', 'SEARCH']), query, { input })).toBe(
      'NO_KEY_AVAILABLE',
    );
    for (const door of doors) {
      const subscription = await door.subscribe(server(), without, chat, { input });
      expect(await subscription.next()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      subscription.cut();
    }
  });

  it('send attachments with CHAT alone', async () => {
    const statusOf = async (token: string) => {
      const body = new FormData();
      body.append('file', new Blob(['a text']), 'a.txt');
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${server().url}/attachments`, { method: 'POST', headers, body })).status;
    };
    expect(await statusOf(await tokenWith(allScopes.filter((scope) => scope !== 'CHAT')))).toBe(403);
    expect(await statusOf(await tokenWith(['CHAT']))).toBe(201);
  });

  it('export nothing', async () => {
    const token = await tokenWith(allScopes);
    const response = await fetch(`${server().url}/export`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});
