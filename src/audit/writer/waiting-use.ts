import type { UseOutcome, UseRecord } from './use-record.js';

/** A record that waits to be written, and who waits for it. */
export class WaitingUse {
  readonly outcome: Promise<UseOutcome>;
  resolve!: (outcome: UseOutcome) => void;
  reject!: (error: unknown) => void;
  /** Nobody waits for it any more: what has not been sent need not be. */
  isOver = false;

  constructor(readonly record: UseRecord) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
