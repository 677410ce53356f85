import * as GraphQL from 'graphql';
import { readSchema } from '../../test/support/committed-schema.js';

interface Subscription {
  readonly query: string;
  eventsIn(data: unknown): Record<string, unknown>[];
  withoutAdditions(result: object): object;
}

const schema = readSchema();
const events = {
  started: { __typename: 'ChatStarted', seq: 1, model: 'gpt', keySource: 'USER', maskedKey: 'sk-…1' },
  text: { __typename: 'TextDelta', seq: 2, text: 'Hello' },
  reasoning: { __typename: 'ReasoningDelta', seq: 3, text: 'Hm' },
  searched: {
    __typename: 'SearchFinished',
    seq: 4,
    results: [
      { title: 'A', url: 'a' },
      { title: 'B', url: 'b' },
    ],
    failure: null,
  },
  completed: { __typename: 'ChatCompleted', seq: 5, usage: { inputTokens: 1, outputTokens: 2 } },
};

describe("GraphiQL's page", () => {
  let read: (request: { query: string; operationName?: string | null }) => Subscription | null;
  beforeAll(async () => {
    Object.assign(globalThis, { window: { GraphiQL: { GraphQL } } });
    const page = (await import(new URL('page/operation.mjs', import.meta.url).href)) as {
      Subscription: { in: typeof read };
    };
    read = (request) => page.Subscription.in(request);
  });
  afterAll(() => {
    Reflect.deleteProperty(globalThis, 'window');
  });

  /** What the page makes of an event, and what GraphiQL is given of it; the server is asked what is really sent. */
  const tried = (query: string, event: object, operationName?: string) => {
    const subscription = read({ query, operationName: operationName ?? null })!;
    const answer = (text: string) => {
      const document = GraphQL.parse(text);
      expect(GraphQL.validate(schema, document)).toEqual([]);
      const rootValue = { chat: event, resumeChat: event };
      return GraphQL.executeSync({ schema, document, rootValue, operationName: operationName ?? null });
    };
    const result = answer(subscription.query);
    expect(subscription.withoutAdditions(result)).toEqual(answer(query));
    return subscription.eventsIn(result.data);
  };

  const CHAT = 'chat(input: { messages: [] })';

  it.each([
    ['as it is', `subscription { ${CHAT} { __typename ... on TextDelta { text } } }`],
    ['without its type', `subscription { ${CHAT} { ... on TextDelta { text } } }`],
    ['under another name', `subscription { mine: ${CHAT} { ... on TextDelta { text } } }`],
    ['of a chat that is resumed', 'subscription { resumeChat(chatId: "1") { ... on TextDelta { text } } }'],
    ['whose fields have other names', `subscription { ${CHAT} { ... on TextDelta { words: text } } }`],
    [
      'one of whose names is that of another field of another type',
      `subscription { ${CHAT} { ... on ChatStarted { x: model } ... on TextDelta { x: text } ... on SearchStarted { x: query } } }`,
    ],
    [
      'whose type has another name',
      `subscription { ${CHAT} { type: __typename ... on TextDelta { text } } }`,
    ],
    ["that has its type's name", `subscription { ${CHAT} { ... on TextDelta { __typename: text } } }`],
    [
      'whose type is left out by a condition',
      `subscription { ${CHAT} { __typename @skip(if: true) ... on TextDelta { text } } }`,
    ],
    [
      'whose type stands in a fragment',
      `subscription { ${CHAT} { ... on TextDelta { __typename text } ... on ChatStarted { model } } }`,
    ],
    ['of an interface', `subscription { ${CHAT} { ... on ChatEvent { ... on TextDelta { text } } } }`],
    ['of no type', `subscription { ${CHAT} { ... @include(if: true) { ... on TextDelta { text } } } }`],
    [
      'in fragments of fragments',
      `subscription { ...R } fragment R on Subscription { it: ${CHAT} { ...E } } fragment E on ChatEvent { ...T ...T } fragment T on TextDelta { t: text }`,
    ],
    [
      'that is asked for in two places',
      `subscription { ${CHAT} { seq } ${CHAT} { ... on TextDelta { text } } }`,
    ],
    ['before a comment', `subscription { ${CHAT} { ... on TextDelta { text } # } \n } # }\n}`],
    [
      'beside braces in texts',
      `subscription { ${CHAT.replace('[]', '[{ role: USER, content: "}{" }]')} { ...on TextDelta{text}}}`,
    ],
  ])('reads the text %s', (_, query) => {
    expect(tried(query, events.text)).toEqual([
      expect.objectContaining({ type: 'TextDelta', text: 'Hello' }),
    ]);
    expect(tried(query, events.reasoning)).toEqual([
      expect.not.objectContaining({ text: expect.anything() }),
    ]);
    expect(tried(query, events.completed)).toEqual([expect.objectContaining({ type: 'ChatCompleted' })]);
  });

  it('puts together what was asked for in parts', () => {
    const parts = `subscription { ${CHAT} {
      ... on ChatCompleted { a: usage { i: inputTokens } b: usage { o: outputTokens } }
      ... on SearchFinished { t: results { x: title } u: results { y: url } } } }`;
    expect(tried(parts, events.completed)).toEqual([
      { type: 'ChatCompleted', usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
    expect(tried(parts, events.searched)).toEqual([
      { type: 'SearchFinished', results: events.searched.results },
    ]);
  });

  it('reads the operation that was run, of several', () => {
    const query = `query Other { viewer { id } } subscription One { ${CHAT} { seq } } subscription Two { ${CHAT} { n: seq } }`;
    expect(tried(query, events.text, 'Two')).toEqual([{ type: 'TextDelta', seq: 2 }]);
    expect(read({ query, operationName: 'Other' })).toBeNull();
    expect(read({ query })).toBeNull();
  });

  it('leaves it to the server to say what is wrong', () => {
    expect(read({ query: 'subscription {' })).toBeNull();
    expect(read({ query: 'subscription { ...A } fragment A on Subscription { ...A }' })?.query).toContain(
      '...A',
    );
    expect(read({ query: 'subscription { ...A }' })?.eventsIn({ chat: null })).toEqual([]);
    expect(read({ query: `subscription { ${CHAT} }` })?.eventsIn(null)).toEqual([]);
    expect(read({ query: `subscription { ${CHAT} { seq } }` })?.withoutAdditions({ data: null })).toEqual({
      data: null,
    });
  });

  it('knows the type of every event', () => {
    const types = schema.getPossibleTypes(schema.getType('ChatEvent') as GraphQL.GraphQLInterfaceType);
    for (const { name } of types) {
      const query = `subscription { ${CHAT} { ... on ${name} { x: chatId } } }`;
      expect(tried(query, { ...events.text, chatId: '1' })).toEqual([
        name === 'TextDelta' ? { type: 'TextDelta', chatId: '1' } : { type: 'TextDelta' },
      ]);
    }
    // A name that is unknown to the page would be taken for an interface.
    for (const { name } of types) {
      const query = `subscription { ${CHAT} { ... on ${name} { x: seq } ... on ChatEvent { x: seq } } }`;
      expect(tried(query, events.text)).toHaveLength(1);
    }
  });
});
