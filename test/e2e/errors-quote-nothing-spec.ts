import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTestServer } from '../support/use-test-server.js';

const SENTINEL = 'sk-SENTINEL-0123456789abcdef';
/** What is left of it where it stands for a name, which no hyphen can be in. */
const NAME = 'skSENTINEL0123456789abcdef';

const SCHEMA = join(import.meta.dirname, '../../schema.graphql');

const store = (input: string) => `mutation { storeApiKey(input: ${input}) { apiKey { id } } }`;
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';

describe('a misspelt name', () => {
  const server = useTestServer();

  it('is shown: it is no key, and its author looks for it', async () => {
    const { errors } = await server().post('alice', '{ viewr { id } }');
    expect(errors[0]?.message).toBe(
      'Cannot query field "viewr" on type "Query". Did you mean "viewer" or "viewerId"?',
    );
  });

  it('is never a name of the schema that looks like a key', () => {
    const names = [
      ...readFileSync(SCHEMA, 'utf8')
        .replaceAll(/"""[^]*?"""/g, '')
        .matchAll(/[A-Za-z_]\w*/g),
    ];
    expect(names.filter(([name]) => /\d/.test(name) || name.length > 26)).toEqual([]);
  });
});

describe('no error quotes what was sent', () => {
  const server = useTestServer();

  const answerTo = async (query: string, variables: Record<string, unknown> = {}) => {
    const { text, errors } = await server().post('alice', query, variables);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors)
      expect(extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_\w+_FAILED)$/);
    return text;
  };

  const secrets = /sentinel|3456789|abcdef/i;

  it.each([
    ['without quotation marks', store(`{ provider: OPENAI, apiKey: ${SENTINEL} }`)],
    ['in single quotation marks', store(`{ provider: OPENAI, apiKey: '${SENTINEL}' }`)],
    ['in typographic quotation marks', store(`{ provider: OPENAI, apiKey: “${SENTINEL}” }`)],
    ['in a string that does not end', store(`{ provider: OPENAI, apiKey: "${SENTINEL} }`)],
    ['in a string with a bad escape', store(`{ provider: OPENAI, apiKey: "\\q${SENTINEL}" }`)],
    ['in a string with a bad escape of Unicode', store(`{ provider: OPENAI, apiKey: "\\u{${SENTINEL}}" }`)],
    ['after a string', store(`{ provider: OPENAI, apiKey: "a" "${SENTINEL}" }`)],
    ['in a block string in the wrong place', store(`{ provider: OPENAI, """${SENTINEL}""" }`)],
    ['as a number that is none', store(`{ provider: OPENAI, apiKey: 0123456789${NAME} }`)],
    ['as a document', SENTINEL],
    ['as a directive', `query @${SENTINEL} { viewer { id } }`],
    ['as a fragment named on', `fragment on on ${NAME} { id }`],
  ])('of a document that does not parse: the key %s', async (_, query) => {
    expect(await answerTo(query)).not.toMatch(secrets);
  });

  it.each([
    ['as the value of an enum', store(`{ provider: ${NAME}, apiKey: "a" }`)],
    ['as the text of an enum', store(`{ provider: "${SENTINEL}", apiKey: "a" }`)],
    ['as an object', store(`"${SENTINEL}"`)],
    ['in a list', store(`{ provider: OPENAI, apiKey: ["${SENTINEL}"] }`)],
    ['as a number', '{ auditEvents(first: "0123456789") { edges { cursor } } }'],
    ['as a float', '{ auditEvents(first: 0.123456789) { edges { cursor } } }'],
    ['as a number that is too large', '{ auditEvents(first: 10123456789) { edges { cursor } } }'],
    ['as a date', `{ usage(from: "${SENTINEL}") { totals { chats } } }`],
    [
      'as a boolean',
      `mutation { updateApiKey(input: { keyId: "1", enabled: "${SENTINEL}" }) { apiKey { id } } }`,
    ],
    ['as a block string', store(`{ provider: """${SENTINEL}""", apiKey: "a" }`)],
    ['with escapes', store(`{ provider: "\\u0073${SENTINEL}", apiKey: "a" }`)],
    [
      'as the default of a variable',
      `query ($first: Int! = "${SENTINEL}") { auditEvents(first: $first) { edges { cursor } } }`,
    ],
    [
      'as the default of an enum',
      `query ($provider: Provider = ${NAME}) { keyResolution(provider: $provider) { available } }`,
    ],
    ['as a cursor', `{ auditEvents(after: "${SENTINEL}") { edges { cursor } } }`],
    ['as the id of a filter', `{ auditEvents(filter: { keyId: "${SENTINEL}" }) { edges { cursor } } }`],
    ['that is of another provider', store('{ provider: OPENAI, apiKey: "sk-ant-SENTINEL-0123456789" }')],
    [
      'that is too short',
      store('{ provider: OPENAI, apiKey: "sentinel"[0] }').replace('[0]', '').replace('sentinel', 'SENTINE'),
    ],
  ])('of a literal: the key %s', async (_, query) => {
    expect(await answerTo(query)).not.toMatch(secrets);
  });

  it.each([
    ['a field', `{ ${NAME} }`],
    ['a field of a type', `{ viewer { ${NAME} } }`],
    ['a field under an alias', `{ ${NAME}: ${NAME} }`],
    ['an argument', `{ viewer(${NAME}: 1) { id } }`],
    ['an input field', store(`{ provider: OPENAI, apiKey: "a", ${NAME}: 1 }`)],
    ['a type', `{ ...on ${NAME} { id } }`],
    ['a fragment', `{ ...${NAME} }`],
    ['an unused fragment', `{ __typename } fragment ${NAME} on Query { __typename }`],
    ['a directive', `{ __typename @${NAME} }`],
    ['a variable', `query ($a: String) { apiKey(id: $${NAME}) { id } }`],
    ['an unused variable', `query ($${NAME}: String) { __typename }`],
    [
      'a variable of the wrong type',
      `query ($${NAME}: String) { auditEvents(first: $${NAME}) { edges { cursor } } }`,
    ],
    ['the type of a variable', `query ($a: ${NAME}) { __typename }`],
    ['an operation, twice', `query ${NAME} { __typename } query ${NAME} { __typename }`],
    ['aliases that conflict', `{ ${NAME}: apiKey(id: "1") { id } ${NAME}: apiKey(id: "2") { id } }`],
  ])('of a name: the key as %s', async (_, query) => {
    expect(await answerTo(query)).not.toMatch(secrets);
  });

  it.each([
    ['for an object', SENTINEL],
    ['in a list for an object', [SENTINEL]],
    ['for an enum', { provider: SENTINEL, apiKey: 'a-good-key' }],
    ['as an object for a text', { provider: 'OPENAI', apiKey: { [SENTINEL]: SENTINEL } }],
    ['in a list for a text', { provider: 'OPENAI', apiKey: [SENTINEL, SENTINEL] }],
    ['as the name of a field', { provider: 'OPENAI', apiKey: 'a-good-key', [SENTINEL]: 'a' }],
    ['as the value of a field that is unknown', { provider: 'OPENAI', apiKey: 'a-good-key', key: SENTINEL }],
    ['with a character that is no ASCII', { provider: 'OPENAI', apiKey: `${SENTINEL}ß` }],
    ['as a name that is too long', { provider: 'OPENAI', apiKey: 'a-good-key', name: SENTINEL.repeat(10) }],
    ['as a name that is a number', { provider: 'OPENAI', apiKey: 'a-good-key', name: 123456789 }],
  ])('of a variable: the key %s', async (_, input) => {
    expect(await answerTo(STORE, { input })).not.toMatch(secrets);
  });

  it.each([
    [
      'a number',
      'query ($first: Int!) { auditEvents(first: $first) { edges { cursor } } }',
      { first: SENTINEL },
    ],
    ['a date', 'query ($from: DateTime) { usage(from: $from) { totals { chats } } }', { from: SENTINEL }],
    [
      'a list',
      'query ($kinds: [AuditKind!]) { auditEvents(filter: { kinds: $kinds }) { edges { cursor } } }',
      { kinds: [SENTINEL] },
    ],
    ['an id', 'query ($id: ID!) { apiKey(id: $id) { id } }', { id: { key: SENTINEL } }],
  ])('of a variable for %s', async (_, query, variables) => {
    expect(await answerTo(query, variables)).not.toMatch(secrets);
  });
});
