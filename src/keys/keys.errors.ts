import { AppError } from '../common/app-error.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';

/** The same answer for another user's key, an unknown id, and one that was replaced or deleted. */
export class KeyNotFoundError extends AppError {
  readonly code = 'KEY_NOT_FOUND';
  readonly retryable = false;

  constructor() {
    super('There is no such key.');
  }
}

export class NoKeyAvailableError extends AppError {
  readonly code = 'NO_KEY_AVAILABLE';
  readonly retryable = false;

  constructor(displayNames: readonly string[]) {
    super(
      `There is no key to use: you have stored none for ${displayNames.join(', ')}, and neither has the server.`,
    );
  }
}

export class KeyUnreadableError extends AppError {
  readonly code = 'KEY_UNREADABLE';
  readonly retryable = false;

  constructor(readonly provider: ProviderId) {
    super(
      `Your stored key for ${getProviderEntry(provider).displayName} cannot be decrypted. Store it again.`,
    );
  }
}

/** Other requests change the key at the same moment: too many, or again and again while this one wants to use it. */
export class KeyBusyError extends AppError {
  readonly code = 'CONFLICT';
  readonly retryable = true;

  constructor() {
    super('Other requests are changing this key at the moment. Try again.');
  }
}
