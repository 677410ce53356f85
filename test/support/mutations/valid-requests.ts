import { inDays } from '../access-tokens.js';
import { HELLO } from '../test-server.js';
import { ENDLESS, type WholeDocument, wholeDocuments } from '../whole-document.js';
import type { Draft } from './mutate.js';

export const OWN_KEY = 'key-of-mallory-0123456789';
const ID = '0199b000-0000-7000-8000-000000000000';

const CHAT = {
  ...{ messages: HELLO, provider: 'OPENAI', model: 'gpt-5', temperature: 0.5, maxOutputTokens: 50 },
  ...{ reasoningEffort: 'LOW', promptCache: 'AUTO', failover: true, webSearch: { maxSearches: 1 } },
  responseSchema: { type: 'object', properties: { a: { type: 'null' } }, required: ['a'] },
  requestId: 'a-request',
};

/** Variables with which the documents are valid; a field that is not here is asked for without any. */
const variables: Readonly<Record<string, object>> = {
  apiKey: { id: ID },
  acknowledgeKeyAlert: { id: ID },
  keyAlertHistory: { first: 5, after: null },
  apiKeyHistory: { first: 5, after: null },
  auditEvents: {
    first: 5,
    filter: {
      kinds: ['KEY_STORED', 'KEY_USED'],
      provider: 'OPENAI',
      keyId: ID,
      from: '2026-01-01T00:00:00Z',
    },
  },
  keyResolution: { provider: 'OPENAI', kind: 'CHAT', model: 'gpt-5', use: 'CHAT', endpoint: null },
  models: { provider: 'OPENAI', endpoint: null },
  usage: { bucket: 'DAY', from: '2026-01-01T00:00:00Z', to: '2026-01-08T00:00:00Z' },
  webSearch: {
    input: { query: 'words', provider: 'TAVILY', limit: 3, includeContent: true, depth: 'BASIC' },
  },
  storeApiKey: {
    input: {
      provider: 'OPENAI',
      apiKey: OWN_KEY,
      name: 'work',
      allowedModels: ['gpt-*'],
      monthlyLimit: { tokens: 1000000 },
    },
  },
  updateApiKey: {
    input: {
      keyId: ID,
      name: 'other',
      enabled: true,
      expiresAt: '2027-01-01T00:00:00Z',
      allowedUses: ['CHAT'],
    },
  },
  verifyApiKey: { keyId: ID },
  deleteApiKey: { keyId: ID },
  createAccessToken: { input: { name: 'ci', scopes: ['CHAT', 'AUDIT'], expiresAt: inDays(30) } },
  revokeAccessToken: { id: ID },
  updateSettings: { input: { fallbackPolicy: 'NEVER', defaultSearchProvider: 'TAVILY' } },
  cancelChat: { chatId: ID },
  deleteMyData: { confirmUserId: 'nobody' },
  chat: { input: CHAT },
  completeChat: { input: { ...CHAT, requestId: 'another-request' } },
  resumeChat: { chatId: ID, afterSeq: 0 },
};

const bodyOf = ({ name, query }: WholeDocument) => ({
  query,
  variables: variables[name] ?? {},
  operationName: 'Whole',
  extensions: {},
});

const documents = wholeDocuments();

/** One for each field, with what a client sends beside it. */
export const httpRequests = (authorization: string): Draft[] =>
  documents
    .filter(({ name }) => !ENDLESS.has(name))
    .map((document) => ({
      method: 'POST',
      path: document.operation === 'subscription' ? '/graphql/stream' : '/graphql',
      headers: {
        'content-type': 'application/json',
        accept: document.operation === 'subscription' ? 'text/event-stream' : 'application/json',
        authorization,
      },
      body: bodyOf(document),
    }));

/** What goes over a WebSocket: those of every field, for other operations are refused there, and that is to be kept. */
export const webSocketMessages = (authorization: string): Draft[] =>
  [
    ...documents.map((document) => ({ id: document.name, type: 'subscribe', payload: bodyOf(document) })),
    ...documents
      .filter(({ operation }) => operation === 'subscription')
      .map((document) => ({ id: '1', type: 'subscribe', payload: bodyOf(document) })),
    { type: 'connection_init', payload: { authorization } },
    { type: 'ping', payload: { a: 1 } },
    { type: 'pong' },
    { id: 'chat', type: 'complete' },
  ].map((body) => ({ method: '', path: '', headers: {}, body }));
