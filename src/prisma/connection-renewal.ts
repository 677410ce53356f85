import type pg from 'pg';
import { OnceInAWhile } from '../common/once-in-a-while.js';
import { READ_ONLY } from './error-codes.js';

/** In milliseconds: a server that stays read-only is not asked for new connections all the time. */
const INTERVAL_MS = 1_000;

/**
 * Takes connections out of a pool that lead to a server which takes no changes: after a failover the old ones lead to
 * what was the primary, and new ones to what is.
 *
 * A connection whose server refuses a change goes when it is given back, whatever it is used for, and all others that
 * are open then go with it, once a second at most. Those that are only read from would otherwise stay for good, and
 * tell what was true before the failover.
 */
export class ConnectionRenewal {
  readonly #open = new Set<pg.PoolClient>();
  readonly #outdated = new WeakSet<pg.PoolClient>();
  readonly #interval = new OnceInAWhile(INTERVAL_MS);

  constructor(private readonly pool: pg.Pool) {
    pool.on('connect', (client) => {
      this.#open.add(client);
      // The connection itself: a client tells of errors only to those who asked the question.
      client.connection.on('errorMessage', ({ code }: pg.DatabaseError) => {
        if (code !== READ_ONLY) return;
        this.#outdated.add(client);
        this.renew();
      });
    });
    pool.on('remove', (client) => this.#open.delete(client));
    pool.on('release', (_error, client) => {
      // The pool keeps none that is closing.
      if (this.#outdated.has(client)) void client.end();
    });
  }

  /** Every connection that is open now is closed: at once where nobody uses it, else when it is given back. */
  renew(): void {
    if (!this.#interval.isDue()) return;
    for (const client of this.#open) this.#outdated.add(client);
    // The pool closes no idle connection on demand, but one that is borrowed and given back.
    for (let idle = this.pool.idleCount; idle > 0; idle -= 1) {
      this.pool.connect().then(
        (client) => client.release(),
        () => undefined,
      );
    }
  }
}
