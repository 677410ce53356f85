import { AppError } from '../common/app-error.js';
import { BadUserInputError } from '../common/input-errors.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { describeRefusal, type KeyRefusal } from './key-permission.js';
import { MAX_ENDPOINTS } from './key-statements.js';

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

  /** @param areServerKeysRefused whether the server has such a key, and this user may not spend it */
  constructor(displayNames: readonly string[], areServerKeysRefused = false) {
    const server = areServerKeysRefused
      ? "the server's key may not be used for you"
      : 'neither has the server';
    super(`There is no key to use: you have stored none for ${displayNames.join(', ')}, and ${server}.`);
  }
}

/** A stored key that may not serve: an error for its owner, and no other key is used in its place. */
export abstract class KeyRefusedError extends AppError {
  readonly retryable = false;

  constructor(
    readonly provider: ProviderId,
    message: string,
  ) {
    super(message);
  }
}

export class KeyUnreadableError extends KeyRefusedError {
  readonly code = 'KEY_UNREADABLE';

  constructor(provider: ProviderId) {
    super(
      provider,
      `Your stored key for ${getProviderEntry(provider).displayName} cannot be decrypted. Store it again.`,
    );
  }
}

/** Its owner said until when it may be used. */
export class KeyExpiredError extends KeyRefusedError {
  readonly code = 'KEY_EXPIRED';

  constructor(provider: ProviderId) {
    super(
      provider,
      `Your stored key for ${getProviderEntry(provider).displayName} is past its expiresAt. Store a new one, or change the date.`,
    );
  }
}

const CHANGE_LIMITS = 'Change its limits with updateApiKey, or ask for something else.';
const ASK_OPERATOR = 'Its operator decides that (CUSTOM_ENDPOINTS).';

/** Its owner does not allow it for this, or the operator no call to its address. */
export class KeyNotPermittedError extends KeyRefusedError {
  readonly code = 'KEY_NOT_PERMITTED';

  constructor(
    provider: ProviderId,
    readonly refusal: KeyRefusal,
  ) {
    super(
      provider,
      `${describeRefusal(provider, refusal)} ${refusal === 'ENDPOINT' ? ASK_OPERATOR : CHANGE_LIMITS}`,
    );
  }
}

/** A key that was to be verified before it is stored. */
export class KeyNotStoredError extends AppError {
  readonly code = 'KEY_REJECTED';
  readonly retryable = false;

  /** @param hasOther whether the user has a key for that provider */
  constructor(hasOther: boolean) {
    super(
      hasOther
        ? 'The provider refuses this key. It was not stored: your stored key stays.'
        : 'The provider refuses this key. It was not stored.',
    );
  }
}

/** A user's endpoints have so many places. */
export class TooManyEndpointsError extends BadUserInputError {
  constructor() {
    super([
      {
        path: 'input.endpoint',
        message: `must be one of the ${MAX_ENDPOINTS} that you have, or take the place of one: delete its key`,
      },
    ]);
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
