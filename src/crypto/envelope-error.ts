/**
 * An envelope does not open. It says nothing of why, on purpose: whoever may feed envelopes to the vault learns no more
 * from a wrong key than from a wrong byte. It is no AppError: the caller knows what the record was for.
 */
export class EnvelopeError extends Error {
  constructor() {
    super('The envelope does not open.');
    this.name = 'EnvelopeError';
  }
}
