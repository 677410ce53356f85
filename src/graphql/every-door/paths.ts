/** Where GraphQL is served, over HTTP and over WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** Where graphql-sse's protocol is spoken. */
export const STREAM_PATH = '/graphql/stream';
