import { Injectable } from '@nestjs/common';
import AsyncLock from 'async-lock';
import { DatabaseUnavailableError } from '../prisma/database-unavailable.error.js';
import { KeyBusyError } from './keys.errors.js';

const MAX_WAITING = 100;
/** In milliseconds: a hundred changes take that long only where the database is all but away. */
const MAX_WAIT = 10_000;

/**
 * Changes to one user's key of one provider take turns, first come, first served.
 *
 * The database's own lock, which several servers share, is waited for on a connection. A turn is waited for without
 * one, so that a user who changes a key often holds one connection, and leaves the others to other users.
 */
@Injectable()
export class KeyTurns {
  readonly #lock = new AsyncLock({ maxPending: MAX_WAITING, timeout: MAX_WAIT });

  /**
   * @throws KeyBusyError CONFLICT where too many wait already
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE where the turn does not come in time
   */
  async take<Result>(userId: string, provider: string, work: () => Promise<Result>): Promise<Result> {
    const [outcome] = await this.#lock
      .acquire(JSON.stringify([userId, provider]), () => Promise.allSettled([work()]))
      .catch((refusal: unknown) => {
        // The library names its two refusals by their words only; these hold the user's id, and go no further.
        const isFull = refusal instanceof Error && refusal.message.startsWith('Too many pending tasks');
        throw isFull ? new KeyBusyError() : new DatabaseUnavailableError();
      });
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
}
