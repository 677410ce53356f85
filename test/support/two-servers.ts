import { createDatabase, type TestDatabase } from './database.js';
import { createRedis, type TestRedis } from './redis.js';
import { TestServer } from './test-server.js';

/** Two servers on one PostgreSQL and one Redis, with one stand-in for their providers. */
export interface TwoServers {
  readonly here: TestServer;
  readonly there: TestServer;
  readonly redis: TestRedis;
}

/**
 * Gives a suite two servers: `const servers = useTwoServers();`, then `servers().here`.
 *
 * @param environment what differs on both
 * @param hereAlone what differs on the first only
 */
export function useTwoServers(
  environment: Readonly<Record<string, string>>,
  hereAlone: () => Readonly<Record<string, string>> = () => ({}),
): () => TwoServers {
  let database: TestDatabase;
  let servers: TwoServers | null = null;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    const redis = createRedis();
    const both = { ...database.environment, ...redis.environment, ...environment };
    const here = await TestServer.start({ ...both, ...hereAlone() });
    servers = { here, there: await TestServer.start(both, here), redis };
  });
  afterAll(async () => {
    await servers?.there.stop();
    await servers?.here.stop();
    await servers?.redis.drop();
    servers = null;
    await database.drop();
  });
  return () => {
    if (!servers) throw new Error('The servers run only during a test.');
    return servers;
  };
}
