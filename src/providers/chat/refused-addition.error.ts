import { ProviderBadRequestError } from '../../outbound/upstream-error.js';

/**
 * What a request has by our own choice, to make more of an answer: the model's reasoning in words, and in a sealed form
 * that a later turn can go on from, or that of an earlier turn; what the answer used. One without them is still the answer that was asked for.
 */
export type AdditionName = 'shownReasoning' | 'sealedReasoning' | 'saidReasoning' | 'reportedUsage';

/** The provider refuses an addition of the adapter: the client's input is right, and a request without it may pass. */
export class RefusedAdditionError extends ProviderBadRequestError {
  constructor(readonly addition: AdditionName) {
    super();
  }
}
