import { type GraphQLErrorBody, signToken } from '../support/test-server.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { useServerProcess } from '../support/use-server-process.js';

/** On a machine that runs other suites beside this one. A mask that is not linear takes many times as long. */
const PATIENCE_MS = 1_000;
const LONGEST_MESSAGE = 1_000;

const SECRET = 'sk-SENTINEL-0123456789abcdef';
const traces = /SENTINEL|3456789|abcdef/;

const texts = (count: number, length: number, character: string): string =>
  `"${SECRET}${character.repeat(length)}" `.repeat(count);
const provider = (value: string): string => `{ keyResolution(provider: ${value}) { available } }`;
const first = (value: string): string => `{ auditEvents(first: ${value}) { pageInfo { hasNextPage } } }`;
const store = (value: string): string => `mutation { storeApiKey(input: ${value}) { apiKey { id } } }`;

/** Documents that do not parse or validate, as long as they may be, with texts that errors would quote. */
const longOnes: readonly (readonly [name: string, document: string])[] = [
  ['many texts in the place of one', provider(`[${texts(1_800, 480, '!')}]`)],
  ['many short texts', provider(`[${texts(20_000, 8, '!')}]`)],
  ['some texts that are very long', provider(`[${texts(15, 60_000, 'x')}]`)],
  ['one text that is very long', provider(texts(1, 900_000, 'x'))],
  ['signs that mean something in patterns', provider(`[${texts(450, 900, '(').replaceAll('((', '(?=[')}]`)],
  ['escapes', provider(`[${texts(800, 100, '\\u0041')}]`)],
  ['block strings', provider(`[${`"""${SECRET}${'"" '.repeat(100)}""" `.repeat(1_000)}]`)],
  ['texts for numbers', first(`[${texts(900, 900, '9')}]`)],
  ['numbers', first(`[${`10123456789${'1'.repeat(900)} `.repeat(900)}]`)],
  ['texts in objects', store(`{ ${`name: ${texts(1, 800, '$')}`.repeat(1_000)} }`)],
  ['texts that are no values', `query { ${texts(1_000, 850, '.')} }`],
  ['a text without an end', `{ viewer(id: "${SECRET}${'!'.repeat(900_000)}`],
  ['a name that is very long', `{ skSENTINEL0123456789abcdef${'x'.repeat(900_000)} }`],
  ['names of fields', `{ ${`skSENTINEL0123456789abcdef${'x'.repeat(900)} `.repeat(900)}}`],
  ['types', `query (${`$a: SENTINEL0123456789abcdef${'x'.repeat(100)} `.repeat(5_000)}) { __typename }`],
];

/** Syntax errors, which name what they found in the place of something else. */
const quotingOnes: readonly (readonly [name: string, document: string])[] = [
  ['a request in the document', `{"query": "{ viewer }", "apiKey":"${SECRET}"}`],
  ['a text where a name should be', `{ viewer { id "apiKey":"${SECRET}" } }`],
  ['a text in front of all', `"${SECRET}" { viewer { id } }`],
  ['a text for an argument', `{ apiKey("${SECRET}") { id } }`],
  ['a text for a type', `query ($key: "${SECRET}") { viewer { id } }`],
  ['a text for a directive', `{ viewer @"${SECRET}" { id } }`],
  ['a text with quotation marks in it', `{ viewer { id "String \\"apiKey\\":\\"${SECRET}\\"" } }`],
  ['a block string in the wrong place', `{ viewer """apiKey: "${SECRET}" """ { id } }`],
  ['a number with letters behind it', '{ apiKey(id: 0123456789abcdef) { id } }'],
];

const ringOf = (size: number, spread: (name: string) => string): string =>
  `{ ...f0 } ${Array.from(
    { length: size },
    (_, index) => `fragment f${String(index)} on Query { ${spread(`...f${String((index + 1) % size)}`)} }`,
  ).join(' ')}`;

const rings: readonly (readonly [name: string, document: string])[] = [
  ['one that spreads itself', '{ ...a } fragment a on Query { ...a }'],
  ['one that is not spread', '{ __typename } fragment a on Query { ...a }'],
  ['a ring of 195', ringOf(195, (next) => next)],
  ['a ring of 240', ringOf(240, (next) => next)],
  ['a ring through inline fragments', ringOf(20, (next) => `...on Query { ${next} ${next} }`)],
  [
    'a ring through fields',
    '{ apiKeys { ...a } } fragment a on ApiKey { id ...b } fragment b on ApiKey { ...a id }',
  ],
  [
    'all with all',
    ringOf(28, () => Array.from({ length: 28 }, (_, index) => `...f${String(index)}`).join(' ')),
  ],
];

type Ask = (query: string) => Promise<readonly GraphQLErrorBody[]>;

describe('an error of a document', () => {
  const running = useServerProcess({}, CAN_REPORT);
  let authorization: string;
  beforeAll(async () => {
    authorization = `Bearer ${await signToken('alice')}`;
  });
  afterAll(async () => {
    const { stdout, stderr } = await running().server.exited;
    expect(`${stdout}${stderr}`).not.toMatch(traces);
  });

  const post = (path: string, query: string): Promise<Response> =>
    fetch(running().server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream, */*', authorization },
      body: JSON.stringify({ query }),
    });

  const doors: readonly (readonly [name: string, ask: Ask])[] = [
    [
      'HTTP',
      async (query) =>
        ((await (await post('/graphql', query)).json()) as { errors: GraphQLErrorBody[] }).errors,
    ],
    [
      'server-sent events',
      async (query) => {
        const text = await (await post('/graphql/stream', query)).text();
        const data = /^data: (\{.*\})$/m.exec(text)?.[1] ?? text;
        return (JSON.parse(data) as { errors: GraphQLErrorBody[] }).errors;
      },
    ],
    [
      'WebSocket',
      async (query) => {
        const socket = await running().server.socket('alice');
        socket.subscribe('1', query, {});
        const { payload } = await socket.next();
        socket.socket.terminate();
        return payload;
      },
    ],
  ];

  const longestHold = async () => (await reportOf(running().server)).longestMs;

  describe.each(doors)('over %s', (_, ask) => {
    it.each(longOnes)('takes no time and quotes nothing: %s', async (_, document) => {
      await longestHold();
      const errors = await ask(document);
      expect(await longestHold()).toBeLessThan(PATIENCE_MS);
      expectBounded(errors);
    });

    it.each(quotingOnes)('does not say what it found: %s', async (_, document) => {
      const errors = await ask(document);
      expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
      expectBounded(errors);
    });

    it.each(rings)('refuses fragments in a ring: %s', async (_, document) => {
      await longestHold();
      const errors = await ask(document);
      expect(await longestHold()).toBeLessThan(PATIENCE_MS);
      expect(errors[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
      expectBounded(errors);
    });
  });

  function expectBounded(errors: readonly GraphQLErrorBody[]): void {
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(100);
    for (const { message, extensions } of errors) {
      expect(extensions.code).toMatch(/^(?:BAD_USER_INPUT|GRAPHQL_(?:PARSE|VALIDATION)_FAILED)$/);
      expect(message.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
      expect(message).not.toMatch(traces);
    }
  }
});
