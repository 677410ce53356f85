import type pg from 'pg';
import { READ_ONLY } from './error-codes.js';

/** In milliseconds: a server that stays read-only is not asked for new connections all the time. */
const INTERVAL_MS = 1_000;

/**
 * Takes connections out of a pool that lead to a server which takes no changes: after a failover the old ones lead to
 * what was the primary, and new ones to what is.
 *
 * A connection whose server refuses a change is closed there and then, in mid-transaction: a pooler between, too, closes
 * its own only of a client that leaves it so. All others that are open go with it, once a second at most, those in use
 * when they are given back. They lead to the same server, and if they are only read from they would stay for good, and
 * return data from before the failover.
 */
export function renewConnections(pool: pg.Pool): void {
  const open = new Set<pg.PoolClient>();
  const outdated = new WeakSet<pg.PoolClient>();
  let renewedAt = Number.NEGATIVE_INFINITY;

  const renew = (): void => {
    for (const client of open) outdated.add(client);
    // The pool closes no idle connection on demand, but one that is borrowed and given back.
    for (let idle = pool.idleCount; idle > 0; idle -= 1) {
      pool.connect().then(
        (client) => client.release(),
        () => undefined,
      );
    }
  };
  pool.on('connect', (client) => {
    open.add(client);
    // The connection itself: a client hands an answer that is an error to its asker alone.
    client.connection.on('errorMessage', ({ code }: pg.DatabaseError) => {
      if (code !== READ_ONLY) return;
      void client.end();
      if (performance.now() - renewedAt < INTERVAL_MS) return;
      renewedAt = performance.now();
      renew();
    });
  });
  pool.on('remove', (client) => open.delete(client));
  pool.on('release', (_error, client) => {
    // The pool keeps none that is closing.
    if (outdated.has(client)) void client.end();
  });
}
