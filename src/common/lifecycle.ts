import { Injectable } from '@nestjs/common';
import { AppError } from './app-error.js';

/** A request that would start new work while the server is stopping. */
export class DrainingError extends AppError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
  override readonly httpStatus = 503;

  constructor() {
    super('The server is stopping. Try again: another one, or this one restarted, will answer.');
  }
}

/** Whether the server takes new work. One of a kind per application. */
@Injectable()
export class Lifecycle {
  #draining = false;

  get draining(): boolean {
    return this.#draining;
  }

  /** From here on new work is refused, for good. */
  beginDrain(): void {
    this.#draining = true;
  }

  /** @throws DrainingError SERVICE_UNAVAILABLE while the server is stopping */
  throwIfDraining(): void {
    if (this.#draining) throw new DrainingError();
  }
}
