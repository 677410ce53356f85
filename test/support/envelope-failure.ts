import { EnvelopeError } from '../../src/crypto/envelope-error.js';

/** All that a caller can learn from an error. */
export function failureOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return {
      message: error.message,
      name: error.name,
      cause: error.cause,
      own: Object.keys(error),
      thrown: error.stack?.split('\n')[1],
    };
  }
  throw new Error('It did not fail.');
}
