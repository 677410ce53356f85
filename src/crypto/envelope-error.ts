/**
 * An envelope does not open. It does not say why, on purpose: an attacker who feeds envelopes to the vault learns no more
 * from a wrong key than from a wrong byte. It is no AppError: the caller knows what the record was for.
 */
export class EnvelopeError extends Error {
  constructor() {
    super('The envelope does not open.');
    this.name = 'EnvelopeError';
  }
}
