import { setTimeout as pause } from 'node:timers/promises';
import type { ChaosServer } from './chaos-server.js';
import type { Random } from './random.js';

/** What happens to a server in the middle of a round. */
export type Incident = 'is killed' | 'hangs' | 'is told to stop';

export const incidents: readonly Incident[] = ['is killed', 'is killed', 'hangs', 'is told to stop'];

/** Around the time after which a server is taken for dead, in milliseconds. */
const SHORTEST_HANG_MS = 3_000;
const LONGEST_HANG_MS = 8_500;

const happenings: Readonly<Record<Incident, (server: ChaosServer, random: Random) => Promise<unknown>>> = {
  'is killed': (server) => server.kill('SIGKILL'),
  'is told to stop': (server) => server.kill('SIGTERM'),
  hangs: (server, random) => server.hang(() => pause(random.integer(SHORTEST_HANG_MS, LONGEST_HANG_MS))),
};

/** Resolves when the server, or its successor, is back. */
export async function happen(incident: Incident, server: ChaosServer, random: Random): Promise<void> {
  await happenings[incident](server, random);
}
