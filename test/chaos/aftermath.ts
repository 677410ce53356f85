import type { TestRedis } from '../support/redis.js';
import type { ChaosServer } from './chaos-server.js';
import type { ChatHistory } from './chat-history.js';
import type { TrailEntry } from './verdict.js';

/** What the audit trail has, by chat, oldest first. */
export type Trail = ReadonlyMap<string, readonly TrailEntry[]>;

const TRAIL = `query {
  auditEvents(first: 200, filter: { kinds: [KEY_USED, CHAT_FINISHED] }) {
    edges { node { kind chatId outcome } }
    pageInfo { hasNextPage }
  }
}`;

export async function readTrail(server: ChaosServer, userIds: readonly string[]): Promise<Trail> {
  const answers = await Promise.all(userIds.map((userId) => server.process.query(userId, TRAIL)));
  const trail = new Map<string, TrailEntry[]>();
  for (const { auditEvents } of answers) {
    if (auditEvents.pageInfo.hasNextPage) throw new Error('A user has more in the trail than is read.');
    for (const { node } of auditEvents.edges.toReversed()) {
      trail.set(node.chatId, [...(trail.get(node.chatId) ?? []), node]);
    }
  }
  return trail;
}

/** What is not yet as it must be when all chats are over; it will be in a moment, or never. */
export async function findUnsettled(
  servers: readonly ChaosServer[],
  redis: TestRedis,
  histories: readonly ChatHistory[],
): Promise<string[]> {
  const open = servers.map(({ standIn }) => standIn.openStreams);
  const keys = await redis.keys();
  return [
    ...(open.some((count) => count > 0) ? [`the upstreams have ${open.join(' and ')} open streams`] : []),
    ...(await findRuns(redis, keys)),
    ...(await findSlots(redis, keys)),
    ...(await findUnfinished(servers, histories)),
  ];
}

async function findRuns({ redis }: TestRedis, keys: readonly string[]): Promise<string[]> {
  const metas = keys.filter((key) => key.endsWith(':meta'));
  const states = await Promise.all(metas.map((key) => redis.hget(key, 'state')));
  const running = metas.filter((_, index) => states[index] !== 'ended');
  const owned = keys.filter((key) => /:server:[^:]+:runs$/.test(key));
  return [...running.map((key) => `${key} has not ended`), ...owned.map((key) => `${key} is left`)];
}

/** Places of subscriptions and chats that live servers count: those of the dead are not counted. */
async function findSlots({ redis }: TestRedis, keys: readonly string[]): Promise<string[]> {
  const alive = new Set(keys.map((key) => /:server:([^:]+)$/.exec(key)?.[1]));
  const counts = keys.filter((key) => /:(subscriptions|chats):[^:]+$/.test(key));
  const fields = await Promise.all(counts.map((key) => redis.hkeys(key)));
  return counts
    .filter((_, index) => fields[index]?.some((serverId) => alive.has(serverId)))
    .map((key) => `${key} still counts`);
}

async function findUnfinished(
  [server]: readonly ChaosServer[],
  histories: readonly ChatHistory[],
): Promise<string[]> {
  if (!server) return [];
  const users = [...new Set(histories.map(({ plan }) => plan.userId))];
  const trail = await readTrail(server, users);
  return histories
    .flatMap(({ chatIds }) => chatIds)
    .filter((chatId) => !trail.get(chatId)?.some(({ kind }) => kind === 'CHAT_FINISHED'))
    .map((chatId) => `the end of chat ${chatId} is not in the audit trail`);
}
