import { KeyExhaustedError, ProviderUnavailableError } from '../../outbound/upstream-error.js';

/**
 * @param balance what an engine's account call says is left
 * @throws KeyExhaustedError KEY_EXHAUSTED where nothing is; ProviderUnavailableError PROVIDER_UNAVAILABLE for what is no
 *   number: such an answer is none of the engine's
 */
export function checkBalance(balance: unknown): void {
  if (typeof balance !== 'number') throw new ProviderUnavailableError();
  if (balance <= 0) throw new KeyExhaustedError();
}
