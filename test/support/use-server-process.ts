import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import { createDatabase, type TestDatabase } from './database.js';
import { ENCRYPTION_KEY, type Environment, ServerProcess } from './server-process.js';
import { JWT_SECRET, NO_LIMITS } from './test-server.js';

export interface RunningServer {
  readonly server: ServerProcess;
  readonly standIn: StandIn;
}

/** Gives a suite the built server, in a process that all of its tests share: starting one takes seconds. */
export function useServerProcess(
  environment: Environment = {},
  nodeArguments: readonly string[] = [],
): () => RunningServer {
  let database: TestDatabase;
  let running: RunningServer | null = null;
  beforeAll(async () => {
    database = await createDatabase();
    const standIn = await startStandIn({ pace: 0 });
    const variables = {
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY,
      AUTH_JWT_SECRET: JWT_SECRET,
      ...NO_LIMITS,
      // The stand-in is on this machine.
      CUSTOM_ENDPOINTS: 'any',
      ...standIn.environment(),
      ...database.environment,
      ...environment,
    };
    running = { server: await new ServerProcess(variables, nodeArguments).listening(), standIn };
  });
  afterAll(async () => {
    await running?.server.kill('SIGKILL');
    await running?.standIn.stop();
    await database.drop();
  });
  return () => {
    if (!running) throw new Error('The server runs only during a test.');
    return running;
  };
}
