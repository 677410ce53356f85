import { setTimeout as pause } from 'node:timers/promises';
import type { ChaosServer } from './chaos-server.js';
import type { Random } from './random.js';

/** What happens to a server in the middle of a round. */
export type Incident = 'is killed' | 'hangs' | 'hangs for a moment' | 'is asked to stop';

/**
 * By hand, each in its turn of luck. The suite has the first: a server that hangs in the middle of a transaction keeps its
 * locks in the database, for which the other one may fail to write the end of a chat of the same user's down.
 */
export const incidents: readonly Incident[] = [
  'is killed',
  'is killed',
  'hangs',
  'hangs for a moment',
  'is asked to stop',
];

type Happening = (server: ChaosServer, random: Random) => Promise<unknown>;

const hangFor =
  (from: number, to: number): Happening =>
  (server, random) =>
    server.hang(() => pause(random.integer(from, to)));

const happenings: Readonly<Record<Incident, Happening>> = {
  'is killed': (server) => server.kill('SIGKILL'),
  'is asked to stop': (server) => server.kill('SIGTERM'),
  // Long enough to be taken for dead, and not to blame the upstream for its silence.
  hangs: hangFor(7_000, 8_500),
  // Long enough to take Redis for away.
  'hangs for a moment': hangFor(1_000, 4_500),
};

/** Resolves when the server, or its successor, is back. */
export async function happen(incident: Incident, server: ChaosServer, random: Random): Promise<void> {
  await happenings[incident](server, random);
}
