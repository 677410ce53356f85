import type { UseOutcome, UseRecord } from './use-record.js';

/** A record that waits to be written, and the promise that its caller waits for. */
export class WaitingUse {
  readonly outcome: Promise<UseOutcome>;
  resolve!: (outcome: UseOutcome) => void;
  reject!: (error: unknown) => void;
  /** Its caller no longer waits: it need not be written if it has not been sent. */
  isOver = false;

  constructor(readonly record: UseRecord) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
