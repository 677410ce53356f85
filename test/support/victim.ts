import { randomUUID } from 'node:crypto';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { type DoorClient } from './doors.js';
import { createToken } from './access-tokens.js';
import { CHAT, HELLO, type TestServer } from './test-server.js';

const KEY = 'key-of-alice-0123456789-al1c';
const SECRET_WORD = 'word-of-alice';

/** A user who has one of everything, and what is theirs. */
export interface Victim {
  readonly userId: string;
  readonly keyIds: {
    readonly live: string;
    readonly replaced: string;
    readonly deleted: string;
    /** For their endpoint {@link ENDPOINT_NAME}. */
    readonly endpoint: string;
  };
  readonly chatIds: { readonly running: string; readonly ended: string };
  readonly requestIds: { readonly running: string; readonly ended: string };
  readonly alertIds: { readonly first: string };
  readonly tokenIds: { readonly first: string };
  readonly attachmentIds: { readonly first: string };
  /** Of a page of their keys' history, of their trail, and of their alerts. */
  readonly cursors: { readonly key: string; readonly event: string; readonly alert: string };
  /** What no other user may ever be shown. */
  readonly marks: readonly string[];
  /** Whether the provider still answers the running chat. */
  isAnswered(): boolean;
  /** Leaves the running chat, which ends it. */
  leave(): void;
  /** Every row that says it is this user's, of whatever table. */
  rows(): Promise<string>;
}

/** What the victim calls an endpoint, as anybody may call one. */
export const ENDPOINT_NAME = 'home';

const READ_ALL = `{
  apiKeyHistory { edges { cursor node { id maskedKey } } }
  auditEvents(first: 200) { edges { cursor node { id } } }
  keyAlertHistory { edges { cursor node { id } } }
}`;
const SEARCH = '{ webSearch(input: { query: "words", provider: BRAVE }) { provider } }';
const SETTINGS =
  'mutation { updateSettings(input: { fallbackPolicy: NEVER, defaultSearchProvider: TAVILY }) { viewer { id } } }';
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const NAME = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';

export async function makeVictim(server: TestServer, userId: string): Promise<Victim> {
  await server.query(userId, SETTINGS);
  const token = await createToken(server, userId, { name: SECRET_WORD });
  const attachment = await server.attach(userId, Buffer.from(SECRET_WORD), SECRET_WORD);
  const replaced = await server.storeKey(userId, 'OPENAI', `older-${KEY}`);
  const live = await server.storeKey(userId, 'OPENAI', KEY);
  const deleted = await server.storeKey(userId, 'TAVILY', KEY);
  await server.query(userId, NAME, { input: { keyId: live, name: SECRET_WORD } });
  await server.query(userId, DELETE, { keyId: deleted });
  await server.storeKey(userId, 'TAVILY', `newer-${KEY}`);
  const { storeApiKey } = await server.query(userId, STORE, {
    input: {
      provider: 'CUSTOM',
      apiKey: KEY,
      endpoint: { name: ENDPOINT_NAME, baseUrl: `https://${SECRET_WORD}.example/v1` },
    },
  });
  const endpoint = storeApiKey.apiKey.id as string;

  // Those of the victim before may still be kept.
  const requestIds = { running: `${SECRET_WORD}-${randomUUID()}`, ended: `${SECRET_WORD}-${randomUUID()}` };
  const [first] = await server.chatEvents(userId, chatOf(requestIds.ended));
  const asked = server.standIn.nextRequest('OPENAI');
  server.standIn.once('OPENAI', hang());
  const client = await server.client(userId);
  const running = await begin(client, chatOf(requestIds.running));
  const exchange = await asked;

  await alarm(server, userId);
  const { apiKeyHistory, auditEvents, keyAlertHistory } = await server.query(userId, READ_ALL);
  const lists = [apiKeyHistory, auditEvents, keyAlertHistory];
  const edges = lists.flatMap((list) => list.edges as { node: { id: string } }[]);
  const [alert] = keyAlertHistory.edges;
  const chatIds = { running, ended: first!.chatId };
  return {
    userId,
    keyIds: { live, replaced, deleted, endpoint },
    chatIds,
    requestIds,
    alertIds: { first: alert.node.id },
    tokenIds: { first: token.id },
    attachmentIds: { first: attachment },
    cursors: {
      key: apiKeyHistory.edges[0].cursor,
      event: auditEvents.edges[0].cursor,
      alert: alert.cursor,
    },
    marks: [
      userId,
      SECRET_WORD,
      'al1c',
      KEY,
      token.id,
      attachment,
      ...Object.values(chatIds),
      ...edges.map(({ node }) => node.id),
    ],
    isAnswered: () => exchange.isOpen,
    leave: () => client.cut(),
    rows: () => rowsOf(server.app.get(DatabaseService), userId),
  };
}

/** The same input with the same request id is the same chat. */
export const chatOf = (requestId: string) => ({
  messages: [...HELLO, { role: 'USER', content: SECRET_WORD }],
  model: SECRET_WORD,
  provider: 'OPENAI',
  requestId,
});

/** Raises an alert: an old key is used for the first time. */
export async function alarm(server: TestServer, userId: string): Promise<void> {
  const id = await server.storeKey(userId, 'BRAVE', KEY);
  const createdAt = new Date(Date.now() - 30 * 86_400_000);
  await server.app.get(DatabaseService).client.apiKey.update({ where: { id }, data: { createdAt } });
  await server.query(userId, SEARCH);
  await server.app.get(AnomalyWatch).settle();
}

async function begin(client: DoorClient, input: Record<string, unknown>): Promise<string> {
  const { value } = await client.iterate(CHAT, { input }).next();
  return value.data.chat.chatId as string;
}

async function rowsOf(database: DatabaseService, userId: string): Promise<string> {
  const tables = await database.client.$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.columns
    WHERE column_name = 'user_id' AND table_schema = current_schema() ORDER BY 1`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await database.client.$queryRawUnsafe<{ row: string }[]>(
      `SELECT to_jsonb(each)::text AS row FROM "${name}" AS each WHERE user_id = $1 ORDER BY 1`,
      userId,
    );
    rows.push(...found.map(({ row }) => `${name} ${row}`));
  }
  return rows.join('\n');
}
