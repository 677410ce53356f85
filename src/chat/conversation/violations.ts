import { BadUserInputError, type Violation } from '../../common/input-errors.js';

/** Enough to mend a request by. */
const MOST_VIOLATIONS = 20;

/** Collects what is wrong with an input. */
export class Violations {
  readonly #found: Violation[] = [];

  /** No more are collected. */
  get areMany(): boolean {
    return this.#found.length === MOST_VIOLATIONS;
  }

  any(): boolean {
    return this.#found.length > 0;
  }

  add(path: string, message: string): void {
    if (this.#found.length < MOST_VIOLATIONS) this.#found.push({ path, message });
  }

  /** @throws BadUserInputError BAD_USER_INPUT where there are some */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new BadUserInputError(this.#found);
  }
}
