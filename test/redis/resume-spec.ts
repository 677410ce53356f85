import { createDatabase, type TestDatabase } from '../support/database.js';
import { createRedis, type TestRedis } from '../support/redis.js';
import { describeSurvival } from '../support/survival-cases.js';
import { TestServer } from '../support/test-server.js';
import { emptyServer } from '../support/use-test-server.js';

describe('a chat on two servers', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let here: TestServer;
  let there: TestServer;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    redis = createRedis();
    const environment = { ...database.environment, ...redis.environment, CHAT_DISCONNECT_GRACE_MS: '500' };
    here = await TestServer.start(environment);
    there = await TestServer.start(environment, here);
  });
  beforeEach(() => emptyServer(here));
  afterAll(async () => {
    await there.stop();
    await here.stop();
    await redis.drop();
    await database.drop();
  });

  describeSurvival(() => ({ here, there }));
});
