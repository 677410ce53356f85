import pg from 'pg';
import { PatientTimer } from '../common/patient-timer.js';
import type { DatabaseLimits } from './database-settings.js';

/**
 * The driver's connection, closed where the server takes longer than the limits to let it in. The driver has a limit of
 * its own for that, which counts the event loop's time as the server's.
 */
export const clientWithin = ({ connectMs }: DatabaseLimits): typeof pg.Client =>
  class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const limit = new PatientTimer(connectMs, () => giveUp(this, connectMs));
      const stop = (): void => limit.stop();
      this.once('connect', stop).once('end', stop).once('error', stop);
    }
  };

/** Closes a connection on which the server takes longer than the limits for a statement, and says nothing. */
export function limitStatements(client: pg.Client, { statementMs }: DatabaseLimits): void {
  const limit = new PatientTimer(statementMs, () => giveUp(client, statementMs));
  limit.stop();
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const limited = (...args: unknown[]): unknown => {
    if (!limit.isRunning) limit.restart();
    return query(...args);
  };
  Object.assign(client, { query: limited });
  // Statements may wait for one another: each has its own time.
  client.connection.on('readyForQuery', () => {
    if (limit.isRunning) limit.restart();
  });
  const stop = (): void => limit.stop();
  client.on('drain', stop).on('end', stop);
}

function giveUp(client: pg.Client, milliseconds: number): void {
  const message = `The server did not answer within ${milliseconds} milliseconds`;
  client.connection.stream.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
}
