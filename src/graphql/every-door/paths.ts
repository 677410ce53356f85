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

/** Where the console is: this and all addresses below it. */
export const CONSOLE_PATH = '/console';

/** The addresses that one and the same page of the console is at. It looks at them itself. */
export const CONSOLE_PAGES: readonly string[] = [
  ...['', '/', '/keys', '/try', '/usage', '/audit', '/alerts', '/settings'],
  // Where people come back to from the identity provider.
  '/signed-in',
].map((path) => CONSOLE_PATH + path);

/** The page in a hidden frame in which a token is renewed. */
export const CONSOLE_RENEWED = `${CONSOLE_PATH}/renewed`;

export const CONSOLE_ASSETS = `${CONSOLE_PATH}/assets/*`;

/** The licences of the packages that the page is built with. */
export const CONSOLE_LICENCES = `${CONSOLE_PATH}/licences.txt`;
