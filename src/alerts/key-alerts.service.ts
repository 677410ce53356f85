import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { BadUserInputError } from '../common/input-errors.js';
import { Lifecycle } from '../common/lifecycle.js';
import { type Connection, decodeCursor, type PageArgs, toConnection } from '../common/pagination.js';
import { Limits } from '../limits/limits.service.js';
import { AlertBoard } from './alert-board.js';
import { AlertWatch, PAGE } from './alert-watch.js';
import type { KeyAlert } from './key-alert.model.js';
import { KeyAlertsRepository } from './key-alerts.repository.js';

/** What users hear of the rules that watch the trail. */
@Injectable()
export class KeyAlertsService {
  constructor(
    private readonly alerts: KeyAlertsRepository,
    private readonly board: AlertBoard,
    private readonly limits: Limits,
    private readonly lifecycle: Lifecycle,
  ) {}

  async list(userId: string, page: PageArgs): Promise<Connection<KeyAlert>> {
    const rows = await this.alerts.list(userId, page.first + 1, decodeCursor(page.after));
    return toConnection(rows, page, (alert) => alert);
  }

  /** @throws BadUserInputError BAD_USER_INPUT where the user has no such alert */
  async acknowledge(userId: string, id: string): Promise<KeyAlert> {
    const alert = isUuid(id) ? await this.alerts.acknowledge(userId, id) : null;
    if (!alert) throw BadUserInputError.at('id', 'must be the id of one of your alerts');
    return alert;
  }

  /**
   * The alerts of the user from now on, wherever they are raised.
   *
   * @param connectionId that the subscription runs on
   * @throws RateLimitedError RATE_LIMITED; DrainingError, DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async watch(userId: string, connectionId: string | null): Promise<AlertWatch> {
    this.lifecycle.throwIfDraining();
    const slot = await this.limits.reserveStream(userId, connectionId);
    // Listened to before the clock is read: what is written in between is found.
    let watch: AlertWatch | null = null;
    const stop = this.board.listen(userId, () => watch?.notify());
    const end = (): void => {
      stop();
      slot.release();
    };
    try {
      watch = new AlertWatch({
        since: await this.alerts.now(),
        read: (after, known) => this.alerts.listNew(userId, after, known, PAGE),
        onEnd: end,
      });
      watch.notify();
      return watch;
    } catch (error) {
      end();
      throw error;
    }
  }
}
