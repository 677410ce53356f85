/** Where GraphQL is served, over HTTP and over WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** Where images and files are sent to. */
export const ATTACHMENTS_PATH = '/attachments';

/** Where users get all that is kept of them. */
export const EXPORT_PATH = '/export';

/** Where graphql-sse's protocol is spoken. */
export const STREAM_PATH = '/graphql/stream';

/** Where OpenAI's wire format is spoken: all addresses below it. */
export const OPENAI_PREFIX = '/v1';

export const COMPLETIONS_PATH = `${OPENAI_PREFIX}/chat/completions`;

export const MODELS_PATH = `${OPENAI_PREFIX}/models`;
