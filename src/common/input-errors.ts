import { AppError } from './app-error.js';

/** One thing that is wrong with a request's input. */
export interface Violation {
  /** Where: `input.messages.0.content`. */
  readonly path: string;
  /** What is expected. Never what was sent. */
  readonly message: string;
}

/** Input that breaks a documented rule. `extensions.violations` lists every breach with its path. */
export class BadUserInputError extends AppError {
  readonly code = 'BAD_USER_INPUT';
  readonly retryable = false;

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map(({ path, message }) => `${path}: ${message}`).join('; '));
  }

  static at(path: string, message: string): BadUserInputError {
    return new BadUserInputError([{ path, message }]);
  }
}
