interface Call<Result> {
  readonly controller: AbortController;
  readonly result: Promise<Result>;
  /** Those that wait for it. */
  callers: number;
}

/** Makes one call where several want the same at the same time. Who leaves ends it for nobody else; the last one ends it. */
export class SharedCalls<Result> {
  readonly #calls = new Map<string, Call<Result>>();

  /** Whether such a call goes on. */
  has(name: string): boolean {
    return this.#calls.has(name);
  }

  /**
   * Joins the call of this name, or makes it.
   *
   * @param make is given a signal that aborts, with the reason of the last caller, when all have left
   * @throws what the call throws; after an abort, `signal.reason`
   */
  async join(
    name: string,
    signal: AbortSignal,
    make: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    const call = this.#calls.get(name) ?? this.#begin(name, make);
    call.callers += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error);
        call.callers -= 1;
        if (call.callers > 0) return;
        this.#forget(name, call);
        call.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      void call.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  #begin(name: string, make: (signal: AbortSignal) => Promise<Result>): Call<Result> {
    const controller = new AbortController();
    const call = { controller, result: make(controller.signal), callers: 0 };
    this.#calls.set(name, call);
    const forget = (): void => this.#forget(name, call);
    void call.result.then(forget, forget);
    return call;
  }

  /** Another one may have taken its place. */
  #forget(name: string, call: Call<Result>): void {
    if (this.#calls.get(name) === call) this.#calls.delete(name);
  }
}
