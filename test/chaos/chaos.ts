import { createDatabase } from '../support/database.js';
import { createRedis } from '../support/redis.js';
import { ChaosRound, type RoundReport } from './chaos-round.js';
import { ChaosServer } from './chaos-server.js';
import type { Incident } from './incident.js';
import { Random } from './random.js';

export interface ChaosSettings {
  readonly seed: string;
  /** How many chats there are at once. */
  readonly chats: number;
  /** What happens to a server in a round. */
  readonly incidentOf: (random: Random) => Incident;
  /** Called after each round: whether another one is to follow where it went well. */
  readonly goesOn: (report: RoundReport) => boolean;
}

/**
 * Rounds of chaos on two servers with one database and one Redis, until there have been enough, or one fails.
 *
 * @returns the last one's report
 */
export async function runChaos({ seed, chats, incidentOf, goesOn }: ChaosSettings): Promise<RoundReport> {
  const database = await createDatabase('PostgreSQL');
  const redis = createRedis();
  const environment = { ...database.environment, ...redis.environment };
  const servers = await Promise.all([
    ChaosServer.start('A', environment),
    ChaosServer.start('B', environment),
  ]);
  try {
    for (let round = 1; ; round += 1) {
      const name = `${seed}.${String(round)}`;
      const incident = incidentOf(new Random(`${name}/incident`));
      const report = await new ChaosRound({ seed: name, chats, incident, servers, redis }).run();
      if (!goesOn(report) || report.failures.length > 0) return report;
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.drop();
    await database.drop();
  }
}
