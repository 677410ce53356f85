/** Lines about how far a rotation has come: one after the first page, and one a second at most. */
export class RotationProgress {
  #done = 0;
  #printedAt = -Infinity;
  readonly #beganAt: number;

  /** @param now a clock in milliseconds */
  constructor(
    private readonly total: number,
    private readonly print: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#beganAt = now();
  }

  get done(): number {
    return this.#done;
  }

  get seconds(): string {
    return ((this.now() - this.#beganAt) / 1_000).toFixed(1);
  }

  add(records: number): void {
    this.#done += records;
    const now = this.now();
    if (now - this.#printedAt < 1_000) return;
    this.#printedAt = now;
    const total = Math.max(this.total, this.#done);
    const left = ((now - this.#beganAt) * (total - this.#done)) / this.#done;
    const percent = Math.floor((100 * this.#done) / total);
    this.print(`  ${this.#done} of ${total} (${percent} %), about ${Math.ceil(left / 1_000)} s left`);
  }
}
