import { inDays } from './access-tokens.js';
import { HELLO } from './test-server.js';
import { chatOf, ENDPOINT_NAME, type Victim } from './victim.js';

/** What the attacker asks of one field. */
export interface Attempt {
  readonly variables: Record<string, unknown>;
  /** The code that it is refused with, or what the field says: to be compared with `toMatchObject`. */
  readonly answer: string | object | null;
}

export const ATTACKER = 'mallory';
const OTHER_KEY = 'key-of-mallory-0123456789';
const OTHER_ENDPOINT = { name: ENDPOINT_NAME, baseUrl: 'https://mallory.example/v1' };
/** What a filter, a page or a list says of somebody who has nothing. */
const NOTHING = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: expect.any(Boolean) as unknown },
};

const withEach = (ids: object, attempt: (id: string) => Attempt): Attempt[] =>
  Object.values(ids).map((id: string) => attempt(id));

/** Each way to name an attachment. */
const attaching = (attachmentId: string) => [
  { role: 'USER', parts: [{ image: { attachmentId } }, { file: { attachmentId } }] },
];

/** A call of a tool under an id, and its result: it stands for itself. */
const calling = (id: string) => [
  { role: 'ASSISTANT', toolCalls: [{ id, name: 'get_weather' }] },
  { role: 'TOOL', toolCallId: id, content: 'Sun' },
];

/**
 * How a user who has nothing gets at what is the victim's, for every field of Query, Mutation and Subscription. A field that
 * is not here fails the suite: it needs an entry, in which each of its ids is one of the victim's at least once.
 */
export const attempts: Readonly<Record<string, (victim: Victim) => readonly Attempt[]>> = {
  'query viewer': () => [
    {
      variables: {},
      answer: { id: ATTACKER, fallbackPolicy: 'USE_SERVER', defaultSearchProvider: null },
    },
  ],
  'query viewerId': () => [{ variables: {}, answer: ATTACKER }],
  'query providers': () => [
    {
      variables: {},
      answer: expect.not.arrayContaining([expect.objectContaining({ keySource: 'USER' })]) as object,
    },
  ],
  'query apiKeys': () => [{ variables: {}, answer: [] }],
  'query apiKeyHistory': ({ cursors }) => [
    { variables: {}, answer: NOTHING },
    { variables: { after: cursors.key, first: 200 }, answer: NOTHING },
    { variables: { after: cursors.event }, answer: NOTHING },
  ],
  'query apiKey': ({ keyIds }) => withEach(keyIds, (id) => ({ variables: { id }, answer: null })),
  'query keyResolution': () =>
    [
      { provider: 'OPENAI' },
      { provider: 'TAVILY' },
      { provider: 'CUSTOM', endpoint: ENDPOINT_NAME, model: 'local-model' },
    ].map((variables) => ({
      variables,
      answer: { available: false, keyId: null, candidates: [{ keyId: null }, { keyId: null }] },
    })),
  'query models': () => [
    { variables: { provider: 'OPENAI' }, answer: { source: 'CATALOGUE', keyId: null, fetchedAt: null } },
    { variables: { provider: 'CUSTOM', endpoint: ENDPOINT_NAME }, answer: 'NO_KEY_AVAILABLE' },
  ],
  'query accessTokens': () => [{ variables: {}, answer: [] }],
  'query webSearch': () => [
    { variables: { input: { query: 'words', provider: 'TAVILY' } }, answer: 'NO_KEY_AVAILABLE' },
    { variables: { input: { query: 'words' } }, answer: 'NO_KEY_AVAILABLE' },
  ],
  'query usage': () => [
    {
      variables: {},
      answer: { totals: { chats: 0, inputTokens: 0 }, byProvider: [], byModel: [], byKey: [] },
    },
    { variables: { bucket: 'HOUR' }, answer: { totals: { chats: 0, inputTokens: 0 }, byProvider: [] } },
  ],
  'query auditEvents': ({ keyIds, chatIds, cursors }) => [
    { variables: { first: 200 }, answer: NOTHING },
    { variables: { after: cursors.event }, answer: NOTHING },
    ...withEach(keyIds, (keyId) => ({ variables: { filter: { keyId } }, answer: NOTHING })),
    ...withEach(chatIds, (chatId) => ({ variables: { filter: { chatId } }, answer: NOTHING })),
  ],
  'query keyAlertHistory': ({ cursors }) => [
    { variables: { first: 200 }, answer: NOTHING },
    { variables: { after: cursors.alert }, answer: NOTHING },
  ],
  // Of the whole trail: the same for everybody, and nobody's.
  'query auditIntegrity': () => [{ variables: {}, answer: {} }],
  'mutation storeApiKey': () => [
    {
      variables: { input: { provider: 'OPENAI', apiKey: OTHER_KEY } },
      answer: { replacedKeyId: null },
    },
    {
      variables: { input: { provider: 'TAVILY', apiKey: OTHER_KEY } },
      answer: { replacedKeyId: null },
    },
    // Under the name of the victim's.
    {
      variables: { input: { provider: 'CUSTOM', apiKey: OTHER_KEY, endpoint: OTHER_ENDPOINT } },
      answer: { replacedKeyId: null, apiKey: { endpoint: OTHER_ENDPOINT } },
    },
  ],
  'mutation updateApiKey': ({ keyIds }) =>
    withEach(keyIds, (keyId) => ({
      variables: { input: { keyId, name: 'mine', enabled: false } },
      answer: 'KEY_NOT_FOUND',
    })),
  'mutation verifyApiKey': ({ keyIds }) =>
    withEach(keyIds, (keyId) => ({ variables: { keyId }, answer: 'KEY_NOT_FOUND' })),
  'mutation deleteApiKey': ({ keyIds }) =>
    withEach(keyIds, (keyId) => ({ variables: { keyId }, answer: 'KEY_NOT_FOUND' })),
  'mutation createAccessToken': () => [
    {
      variables: { input: { name: 'mine', scopes: ['CHAT', 'AUDIT'], expiresAt: inDays(1) } },
      answer: { accessToken: { name: 'mine', scopes: ['CHAT', 'AUDIT'] } },
    },
  ],
  'mutation revokeAccessToken': ({ tokenIds }) =>
    withEach(tokenIds, (id) => ({ variables: { id }, answer: 'BAD_USER_INPUT' })),
  'mutation acknowledgeKeyAlert': ({ alertIds }) =>
    withEach(alertIds, (id) => ({ variables: { id }, answer: 'BAD_USER_INPUT' })),
  'mutation updateSettings': () => [
    {
      variables: { input: { fallbackPolicy: 'NEVER', defaultSearchProvider: 'BRAVE' } },
      answer: { viewer: { id: ATTACKER, defaultSearchProvider: 'BRAVE' } },
    },
  ],
  'mutation completeChat': ({ requestIds, chatIds, attachmentIds }) => [
    ...withEach(attachmentIds, (id) => ({
      variables: { input: { messages: attaching(id) } },
      answer: 'BAD_USER_INPUT',
    })),
    { variables: { input: { messages: HELLO } }, answer: 'NO_KEY_AVAILABLE' },
    ...withEach(chatIds, (id) => ({
      variables: { input: { messages: calling(id) } },
      answer: 'NO_KEY_AVAILABLE',
    })),
    ...withEach(requestIds, (id) => ({ variables: { input: chatOf(id) }, answer: 'NO_KEY_AVAILABLE' })),
  ],
  'mutation cancelChat': ({ chatIds }) =>
    withEach(chatIds, (chatId) => ({ variables: { chatId }, answer: 'CHAT_NOT_FOUND' })),
  'mutation deleteMyData': ({ userId }) => [
    { variables: { confirmUserId: userId }, answer: 'BAD_USER_INPUT' },
    { variables: { confirmUserId: ATTACKER }, answer: { deletedKeys: 0 } },
  ],
  'subscription chat': ({ requestIds, chatIds, attachmentIds }) => [
    ...withEach(attachmentIds, (id) => ({
      variables: { input: { messages: attaching(id) } },
      answer: 'BAD_USER_INPUT',
    })),
    ...withEach(chatIds, (id) => ({
      variables: { input: { messages: calling(id) } },
      answer: 'NO_KEY_AVAILABLE',
    })),
    { variables: { input: { messages: HELLO } }, answer: 'NO_KEY_AVAILABLE' },
    {
      variables: {
        input: { messages: HELLO, provider: 'CUSTOM', endpoint: ENDPOINT_NAME, model: 'local-model' },
      },
      answer: 'NO_KEY_AVAILABLE',
    },
    // The victim's own input: with the victim's token it would join the victim's chat.
    ...withEach(requestIds, (id) => ({ variables: { input: chatOf(id) }, answer: 'NO_KEY_AVAILABLE' })),
  ],
  // Nothing to ask with: whoever listens may hear no alert of the victim's, and that is a test of its own.
  'subscription keyAlerts': () => [],
  'subscription resumeChat': ({ chatIds }) =>
    withEach(chatIds, (chatId) => ({ variables: { chatId }, answer: 'CHAT_NOT_FOUND' })),
};
