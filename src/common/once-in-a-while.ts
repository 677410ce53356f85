/** Lets a remark through once in a while: what many requests would say again and again. */
export class OnceInAWhile {
  #last = Number.NEGATIVE_INFINITY;

  /**
   * @param intervalMs between two times, in milliseconds
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly intervalMs: number,
    private readonly now = () => performance.now(),
  ) {}

  /** @returns true where it is time, which begins the next interval */
  isDue(): boolean {
    const time = this.now();
    if (time - this.#last < this.intervalMs) return false;
    this.#last = time;
    return true;
  }
}
