import { randomBytes } from 'node:crypto';

/** What the names of all that this run makes on servers have in common: the guard drops what is left of them. */
export function runId(): string {
  const run = process.env.TEST_RUN;
  if (!run) throw new Error('The global setup did not run.');
  return run;
}

const random = (): string => randomBytes(6).toString('hex');

export const databaseName = (): string => `keystream_test_${runId()}_${random()}`;

/** An ENVIRONMENT_NAME, which is in the names of all that servers keep in Redis. */
export const redisName = (): string => `test-${runId()}-${random()}`;
