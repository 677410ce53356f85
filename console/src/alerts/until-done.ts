/** Does something until it has worked. However often it is wanted, there is one attempt at a time, and one pause. */
export class UntilDone {
  #isWanted = false;
  #isRunning = false;
  #pause = new AbortController();

  /**
   * @param attempt resolves with whether there is no need for another one
   * @param wait resolves when it makes sense to try again, or when the signal is aborted
   */
  constructor(
    private readonly attempt: () => Promise<boolean>,
    private readonly wait: (failures: number, signal: AbortSignal) => Promise<void>,
  ) {}

  /** An attempt that is on its way may have begun too early: one more follows it. A pause ends. */
  readonly want = async (): Promise<void> => {
    this.#isWanted = true;
    this.#pause.abort();
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let failures = 0; this.#isWanted;) {
      this.#isWanted = false;
      if (await this.attempt()) failures = 0;
      else {
        this.#isWanted = true;
        this.#pause = new AbortController();
        await this.wait(failures, this.#pause.signal);
        failures += 1;
      }
    }
    this.#isRunning = false;
  };

  /** It is not wanted any more. */
  stop(): void {
    this.#isWanted = false;
    this.#pause.abort();
  }
}
