import { eventStreamDoor } from '../support/doors.js';
import { HELLO } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const TOTALS =
  '{ __typename chats searches failures inputTokens outputTokens cachedInputTokens cacheWriteInputTokens cost { __typename amount currency } unpricedChats }';
const YEARS = 'from: "2016-01-01T00:00:00Z", to: "2026-01-08T00:00:00Z"';
const HOURS = 'from: "2026-01-01T00:00:00Z", to: "2026-06-02T00:00:00Z", bucket: HOUR';
const report = (range: string): string =>
  `usage(${range}) { __typename totals ${TOTALS} byProvider { __typename provider keySource totals ${TOTALS} } byModel { __typename provider keySource model totals ${TOTALS} } buckets { __typename start totals ${TOTALS} } }`;
/** The same with all that it has: of these no document has room for many. */
const wholeReport = (range: string): string =>
  report(range).replace(
    ' buckets',
    ` byKey { __typename keyId provider keySource totals ${TOTALS} } buckets`,
  );
const trail = (first: number | string): string => `auditEvents(first: ${String(first)}) {
  __typename pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
  edges { __typename cursor node { __typename id kind at provider keyId keySource chatId model outcome inputTokens outputTokens cachedInputTokens cacheWriteInputTokens timeToFirstTokenMs durationMs detail } }
}`;
/** As many pages as there may be fields, and a report beside them. */
const pages = (first: number | string): string => `${aliased(14, trail(first))} ${report(YEARS)}`;
const aliased = (count: number, field: string): string =>
  Array.from({ length: count }, (_, index) => `a${String(index)}: ${field}`).join(' ');

const included = Array.from(
  { length: 15 },
  (_, index) => `... on Query @include(if: $yes) { a${String(index)}: ${report(HOURS)} }`,
).join(' ');

describe('the cost of an operation', () => {
  const running = useServerProcess();
  const post = (query: string, variables: Record<string, unknown> = {}) =>
    running().server.post('alice', query, variables);

  it.each([
    ['ten years by day', `{ ${wholeReport(YEARS)} }`],
    ['five months by hour', `{ ${wholeReport(HOURS)} }`],
    ['a whole page of the trail', `{ ${trail(200)} }`],
    ['both', `{ ${report(YEARS)} ${trail(200)} }`],
    ['a few of what is short', `{ ${aliased(14, '__typename')} apiKeys { id } providers { provider } }`],
  ])('lets the largest lists pass: %s', async (_, query) => {
    const { status, errors, data } = await post(query);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    if (data?.usage) expect(data.usage.buckets.length).toBeGreaterThan(3_600);
  });

  it.each([
    ['fifteen aliases of a long report', `{ ${aliased(15, report(HOURS))} }`, {}],
    ['two of them', `{ ${aliased(2, report(YEARS))} }`, {}],
    ['fourteen pages of the trail, and a report', `{ ${pages(200)} }`, {}],
    [
      'them with variables',
      `query ($first: Int!, $size: UsageBucketSize, $from: DateTime, $to: DateTime) { ${aliased(15, trail('$first'))} usage(from: $from, to: $to, bucket: $size) { buckets { totals { chats } } } }`,
      { first: 200, size: 'HOUR', from: '2026-01-01T00:00:00Z', to: '2026-06-02T00:00:00Z' },
    ],
    [
      'them in fragments',
      `{ ${aliased(15, `usage(${HOURS}) { ...report }`)} } fragment report on UsageReport { buckets { ...bucket } } fragment bucket on UsageBucket { start totals ${TOTALS} }`,
      {},
    ],
    ['them in inline fragments, with directives', `query ($yes: Boolean!) { ${included} }`, { yes: true }],
  ])('refuses %s with BAD_USER_INPUT', async (_, query, variables) => {
    const { status, errors, data } = await post(query, variables);
    expect({ status, data }).toEqual({ status: 400, data: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'query' }] } },
    ]);
  });

  it('counts the values of variables, their defaults, and not what is left out', async () => {
    const query = `query ($first: Int! = 200) { ${pages('$first')} }`;
    expect((await post(query, { first: 5 })).errors).toEqual([]);
    expect((await post(query)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const skipped = `query ($no: Boolean!) { __typename ... on Query @skip(if: $no) { ${pages(200)} } }`;
    expect((await post(skipped, { no: true })).errors).toEqual([]);
    expect((await post(skipped, { no: false })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it.each([
    ['of a list', 'query ($first: Int) { auditEvents(first: $first) { edges { cursor } } }', 'first'],
    ['of a directive', 'query ($yes: Boolean = true) { viewer { id @include(if: $yes) } }', 'yes'],
  ])(
    'refuses null with BAD_USER_INPUT where the document allows it and the argument does not: %s',
    async (_, query, path) => {
      const { status, errors } = await post(query, { [path]: null });
      expect(status).toBe(400);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path, message: 'must not be null' }] } },
      ]);
      expect((await post(query)).errors).toEqual([]);
    },
  );

  it.each(['', '@include(if: true)'])(
    'takes no time for variables that have forty thousand wrong fields: __typename %s',
    async (directive) => {
      const wrong = Object.fromEntries(
        Array.from({ length: 40_000 }, (_, index) => [`f${String(index)}`, 1]),
      );
      const query = `subscription ($input: ChatInput!) { chat(input: $input) { __typename ${directive} } }`;
      const subscription = await eventStreamDoor.subscribe(running().server, 'alice', query, {
        input: { messages: HELLO, ...wrong },
      });
      const { errors } = (await subscription.next()) as { errors: any[] };
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(errors[0].extensions.violations).toHaveLength(20);
      subscription.cut();
    },
  );

  it('takes no time itself, however often fragments name each other', async () => {
    const count = 90;
    const chain = Array.from(
      { length: count },
      (_, index) =>
        `fragment f${String(index)} on Query { ...f${String(index + 1)} ...f${String(index + 1)} }`,
    ).join(' ');
    const { errors } = await post(
      `{ ...f0 } ${chain} fragment f${String(count)} on Query { apiKeys { id } }`,
    );
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
