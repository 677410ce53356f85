import { Redis } from 'ioredis';
import { PatientTimer } from '../common/patient-timer.js';
import { codeOf } from './redis-refusal.js';

/** How long a command may take, in milliseconds: one that waits longer shows that Redis hangs. */
export const COMMAND_TIMEOUT_MS = 1_000;
export const CONNECT_TIMEOUT_MS = 2_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 1_000;

/** Milliseconds until the next attempt to connect. @param attempts how many have failed */
export const pauseAfter = (attempts: number): number => Math.min(50 * 2 ** attempts, LONGEST_PAUSE_MS);

/** Options of every connection. The package's own limits count the event loop's time as Redis's, and are off. */
export const CONNECTION_OPTIONS = {
  connectTimeout: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
} as const;

/** One connection to one Redis, which is made again whenever it breaks. */
export function connect(url: string): Redis {
  const redis = new Redis(url, {
    ...CONNECTION_OPTIONS,
    enableOfflineQueue: false,
    // A primary that became a replica keeps its connections: the address leads to the new one.
    reconnectOnError: (error) => codeOf(error) === 'READONLY',
    retryStrategy: pauseAfter,
  });
  // Each is followed by 'close', which is logged once; the errors themselves quote commands.
  redis.on('error', () => undefined);
  limitConnecting(redis);
  return redis;
}

/** Breaks a connection that is not made, or on which Redis is not ready, in time. */
function limitConnecting(redis: Redis): void {
  const limit = new PatientTimer(CONNECT_TIMEOUT_MS, () => redis.stream.destroy());
  redis.on('connecting', () => limit.restart());
  for (const event of ['ready', 'close', 'end']) redis.on(event, () => limit.stop());
}

/** Whether a command has a chance. A connection that breaks says so a moment later. */
export const isOpen = (redis: Redis): boolean => redis.status === 'ready' && redis.stream.writable;

const gathering = new WeakSet<Redis['stream']>();

/** Sends what is written to a connection in one turn of the event loop with one call of the system. */
export function gatherWrites({ stream }: Redis): void {
  if (gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  // Immediates run after the sockets, once a turn.
  setImmediate(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}

/** Breaks the connection where Redis does not answer a command in time: the command fails with it. */
export function inTime<Reply>(redis: Redis, work: () => Promise<Reply>): Promise<Reply> {
  const { stream } = redis;
  return within(work, () => stream.destroy());
}

/** @param onLate what is done where Redis does not answer in time */
export async function within<Reply>(work: () => Promise<Reply>, onLate: () => void): Promise<Reply> {
  const limit = new PatientTimer(COMMAND_TIMEOUT_MS, onLate);
  try {
    return await work();
  } finally {
    limit.stop();
  }
}
