import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createApp, stopApp } from '../../src/create-app.js';
import { registry } from '../../src/providers/registry/registry.js';
import { placing } from './naming.js';
import { type ChatResults, type Door, type DoorClient, webSocketDoor } from './doors.js';

export const JWT_SECRET = 'a secret for tests, of more than 32 bytes';

/** A response of POST /graphql. */
export interface GraphQLResponse<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data | null;
  readonly errors: readonly GraphQLErrorBody[];
  readonly text: string;
}

export interface GraphQLErrorBody {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly requestId: string;
    readonly violations?: readonly { readonly path: string; readonly message: string }[];
  };
}

/** Suites use few users for much: those that are about limits set them. */
export const NO_LIMITS = {
  LIMIT_STREAMS_PER_USER: '0',
  LIMIT_STREAMS_PER_SERVER: '0',
  LIMIT_CHATS_PER_MINUTE: '0',
  LIMIT_SEARCHES_PER_MINUTE: '0',
  LIMIT_KEY_CHANGES_PER_MINUTE: '0',
};

/** What stands in for a user: an access token is itself, and for an id a token is signed. */
export const tokenOf = (who: string): Promise<string> =>
  who.startsWith('ks_') ? Promise.resolve(who) : signToken(who);

/** A token as an identity provider would sign it. */
export function signToken(userId: string, expiresIn = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(secret));
}

/**
 * A token that has expired, and is within the leeway for clocks for three or four seconds more: for a connection that begins
 * with it, also on a busy machine.
 */
export const endingToken = (userId: string): Promise<string> => signToken(userId, '-11s');

/** A real server on a free port, over a database of its own, with the stand-in for its providers. */
export class TestServer {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly #clients: DoorClient[] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly standIn: StandIn,
    readonly environment: Readonly<Record<string, string>>,
    private readonly config: Config,
    private readonly ownsStandIn: boolean,
  ) {
    const { port } = app.getHttpServer().address() as AddressInfo;
    this.url = `http://127.0.0.1:${String(port)}`;
    this.webSocketUrl = `ws://127.0.0.1:${String(port)}/graphql`;
  }

  /**
   * @param environment DATABASE_URL or DATA_DIR of a database that this server may use, and all else that differs
   * @param shared another server, whose stand-in this one uses, too
   * @param consoleFolder a built page, where it is not what the build has left
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    shared?: TestServer,
    consoleFolder?: string,
  ): Promise<TestServer> {
    const standIn = shared?.standIn ?? (await startStandIn({ pace: 0 }));
    const variables = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      PORT: '0',
      ENCRYPTION_KEY: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      AUTH_JWT_SECRET: JWT_SECRET,
      // Who leaves is not waited for, but where a suite says so.
      CHAT_DISCONNECT_GRACE_MS: '0',
      ...NO_LIMITS,
      // The stand-in is on this machine.
      CUSTOM_ENDPOINTS: 'any',
      ...standIn.environment(),
      ...environment,
    };
    const config = loadConfig(variables, registry);
    const app = await createApp(config, consoleFolder);
    await app.listen(0, '127.0.0.1');
    return new TestServer(app, standIn, variables, config, shared === undefined);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.cut();
    await stopApp(this.app, 0);
    if (this.ownsStandIn) await this.standIn.stop();
  }

  async post<Data = Record<string, unknown>>(
    userId: string | null,
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<GraphQLResponse<Data>> {
    const authorization = userId === null ? {} : { authorization: `Bearer ${await tokenOf(userId)}` };
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as { data?: Data; errors?: GraphQLErrorBody[] };
    return {
      status: response.status,
      headers: response.headers,
      data: body.data ?? null,
      errors: body.errors ?? [],
      text,
    };
  }

  /** The data of a request that must succeed. */
  async query<Data = Record<string, any>>(
    userId: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Data> {
    const { data, errors } = await this.post<Data>(userId, query, variables);
    if (errors.length > 0 || data === null) throw new Error(`The request failed: ${JSON.stringify(errors)}`);
    return data;
  }

  /** All that is kept of a user, as JSON lines. */
  async exportOf(userId: string): Promise<string> {
    const headers = { authorization: `Bearer ${await signToken(userId)}` };
    return (await fetch(`${this.url}/export`, { headers })).text();
  }

  /** Sends an attachment, as a browser's form does. */
  async upload(userId: string, content: Uint8Array, name = 'file'): Promise<Response> {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    const headers = { authorization: `Bearer ${await tokenOf(userId)}` };
    return fetch(`${this.url}/attachments`, { method: 'POST', headers, body: form });
  }

  /** Sends an attachment that is taken. @returns its id */
  async attach(userId: string, content: Uint8Array, name?: string): Promise<string> {
    const response = await this.upload(userId, content, name);
    if (response.status !== 201) throw new Error(`Not taken: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }

  /** The code of a request that must fail. */
  async failure(
    userId: string | null,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<string> {
    const { errors } = await this.post(userId, query, variables);
    const [first] = errors;
    if (!first) throw new Error('The request succeeded.');
    return first.extensions.code;
  }

  /** Stores a key that the stand-in accepts. */
  async storeKey(userId: string, provider: string, apiKey: string): Promise<string> {
    this.standIn.acceptKey(provider, apiKey);
    const { storeApiKey } = await this.query(
      userId,
      'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }',
      { input: { ...placing(provider, this.environment), apiKey } },
    );
    return storeApiKey.apiKey.id as string;
  }

  /** The real client of a door: graphql-ws, or graphql-sse. */
  async client(userId: string, door: Door = webSocketDoor): Promise<DoorClient> {
    const client = await door.client(this, userId);
    this.#clients.push(client);
    return client;
  }

  /** Streams a chat with the real client; every result as it came. */
  async chat(userId: string, input: Record<string, unknown>, door?: Door): Promise<ChatResults> {
    const client = await this.client(userId, door);
    return client.iterate(CHAT, { input: { messages: HELLO, ...input } });
  }

  /** The events of a chat that starts. */
  async chatEvents(userId: string, input: Record<string, unknown>, door?: Door): Promise<ChatEventData[]> {
    const events: ChatEventData[] = [];
    for await (const { data, errors } of await this.chat(userId, input, door)) {
      if (!data) throw new Error(`The chat did not start: ${JSON.stringify(errors)}`);
      events.push(data.chat);
    }
    return events;
  }

  /** The code with which a chat fails before ChatStarted. */
  async chatFailure(userId: string, input: Record<string, unknown>, door?: Door): Promise<string> {
    for await (const { errors } of await this.chat(userId, input, door)) {
      const code = errors?.[0]?.extensions?.code;
      if (typeof code === 'string') return code;
    }
    throw new Error('The chat started.');
  }

  /** Starts a chat that waits for its watchers no longer than this, in milliseconds, where others here wait longer. */
  async withGrace<Begun>(graceMs: number, begin: () => Promise<Begun>): Promise<Begun> {
    const chat = this.config.chat as { disconnectGraceMs: number };
    const { disconnectGraceMs } = chat;
    chat.disconnectGraceMs = graceMs;
    try {
      return await begin();
    } finally {
      chat.disconnectGraceMs = disconnectGraceMs;
    }
  }

  /** A bare WebSocket, for what the real client would not do. */
  async socket(path = '/graphql', headers: Record<string, string> = {}): Promise<RawSocket> {
    return RawSocket.open(this.webSocketUrl.replace('/graphql', path), headers);
  }
}

export interface ChatEventData {
  readonly __typename: string;
  readonly chatId: string;
  readonly seq: number;
  readonly fromSeq?: number;
  readonly text?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs: number | null;
  };
  readonly [field: string]: unknown;
}

export interface ChatData {
  readonly chat: ChatEventData;
  readonly [field: string]: unknown;
}

export const HELLO = [{ role: 'USER', content: 'Hello' }];

const USAGE =
  'usage { inputTokens outputTokens reasoningTokens cachedInputTokens cacheWriteInputTokens cost { amount currency } }';

/** Every field of every event, but the deprecated ones. */
export const CHAT = `subscription Chat($input: ChatInput!) {
  chat(input: $input) {
    __typename chatId seq
    ... on ChatStarted { provider model keySource keyId maskedKey }
    ... on ProviderSwitched { provider model keySource keyId maskedKey cause { code message retryable retryAfterMs } }
    ... on TextDelta { fromSeq text }
    ... on ReasoningDelta { fromSeq text }
    ... on SearchStarted { engine query }
    ... on SearchFinished { engine query results { title url snippet content score } failure { code message retryable retryAfterMs } }
    ... on ToolCallsRequested { calls { id name arguments } transcript }
    ... on ChatCompleted { finishReason ${USAGE} schemaValid timings { keyResolutionMs timeToFirstTokenMs totalMs } }
    ... on ChatFailed { error { code message retryable retryAfterMs } ${USAGE} }
    ... on ChatCancelled { ${USAGE} }
  }
}`;

/** The text of a chat, put together. */
export const textOf = (events: readonly ChatEventData[]): string =>
  events
    .filter(({ __typename }) => __typename === 'TextDelta')
    .map(({ text }) => text)
    .join('');

/** A WebSocket whose messages are read one by one. */
export class RawSocket {
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #received: Record<string, any>[] = [];
  #wake: (() => void) | null = null;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('message', (data: Buffer) => {
      this.#received.push(JSON.parse(data.toString()) as Record<string, any>);
      this.#wake?.();
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string, headers: Record<string, string>): Promise<RawSocket> {
    const raw = new RawSocket(new WebSocket(url, 'graphql-transport-ws', { headers }));
    await once(raw.socket, 'open');
    return raw;
  }

  send(message: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }

  async next(): Promise<Record<string, any>> {
    while (this.#received.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#received.shift()!;
  }

  /** Introduces a user; resolves when the server has acknowledged. */
  async init(userId: string): Promise<void> {
    this.send({ type: 'connection_init', payload: { authorization: `Bearer ${await tokenOf(userId)}` } });
    const { type } = await this.next();
    if (type !== 'connection_ack') throw new Error(`Expected connection_ack, got ${String(type)}.`);
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }
}
