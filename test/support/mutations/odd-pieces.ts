/** Values that fit nowhere, or only just. */
export const odd: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, '', ' ', 'null', '0', '-0'],
  ...[
    '\u0000',
    '\ud83d',
    '\u202e\u0007\u001b[31m\r\n',
    'é'.repeat(300),
    'x'.repeat(5_000),
    '😀',
    '%s%n',
    '${7*7}',
  ],
  ...["' OR 1=1 --", '../../etc/passwd', '<script>', '__proto__', 'constructor', 'toString', '{"a":1}'],
  ...['OPENAI', 'TAVILY', 'CHAT', 'DAY', 'ACTIVE', 'openai', 'USER', '*', '**'],
  ...['2026-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '0000-00-00', '2026-02-30T25:61:00Z'],
  ...[[], {}, [[]], [null], JSON.parse('{"__proto__":{"a":1}}'), { length: 1e9 }, { toString: 1, then: 1 }],
];

/** Words of documents: what stands in the place of one of them mostly still parses. */
export const words = [
  ...['{', '}', '(', ')', '[', ']', '!', ':', '=', '...', '@', '$', '|', '&', '""', '"""', '#', '-1', '1e9'],
  ...[
    'query',
    'mutation',
    'subscription',
    'fragment',
    'on',
    'null',
    'true',
    '@skip(if: true)',
    '@defer',
    '@stream',
  ],
  ...[
    '@include(if: $first)',
    '__typename',
    '__schema { types { name } }',
    'id',
    'edges',
    'node',
    'input',
    '$input',
  ],
  ...['Query', 'ApiKey', 'ChatEvent', 'OPENAI', '...Whole', '... on ApiKey', 'a: id', '$id: ID! = "x"'],
];

export const headerNames = [
  ...['authorization', 'content-type', 'accept', 'accept-language', 'origin', 'referer', 'host', 'cookie'],
  ...['x-request-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'traceparent'],
  ...[
    'apollo-require-preflight',
    'x-apollo-operation-name',
    'range',
    'if-none-match',
    'x-http-method-override',
  ],
  ...[
    'content-encoding',
    'accept-encoding',
    'sec-fetch-site',
    'user-agent',
    'te',
    'x-graphql-event-stream-token',
  ],
];
export const headerValues = [
  ...['', '*/*', 'null', 'application/json', 'application/json; charset=utf-16', 'application/graphql'],
  ...[
    'application/graphql-response+json',
    'text/event-stream',
    'text/event-stream;q=0',
    'multipart/form-data',
  ],
  ...[
    'multipart/mixed',
    'text/plain',
    'gzip',
    'br',
    'deflate',
    'identity;q=0',
    'Bearer',
    'Bearer x.y.z',
    'Basic YTpi',
  ],
  ...[
    'https://evil.example',
    'http://[::1',
    '127.0.0.1',
    '::1, ::2',
    'a, b, c',
    'bytes=0-',
    'PUT',
    'en;q=x',
    '00-x-y-01',
  ],
];

export const methods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY'];
export const paths = [
  ...[
    '/graphql/stream',
    '/graphql',
    '/graphql/',
    '/graphql?query=%7B__typename%7D',
    '/graphql?query=%',
    '/GRAPHQL',
  ],
  ...[
    '//graphql',
    '/graphql/stream?token=x',
    '/graphql?operationName=Whole',
    '/export',
    '/export?x=%00',
    '/v1/chat/completions',
    '/v1/models/%00/x',
    '/healthz',
  ],
  ...['/console', '/console/signed-in?code=x&state=%00', '/console/assets/%00'],
  ...['/graphiql/x', '/graphql?variables=%7B%22a%22%3A', '/graphql?query=%7Bviewer%7Bid%7D%7D&variables=1'],
];
