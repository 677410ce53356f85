import { AppError } from '../common/app-error.js';

/** What a provider's failure becomes. Nothing of the provider's own words travels: providers echo keys in them. */
export abstract class UpstreamError extends AppError {
  /**
   * Whether it is known to be about this provider or this key, so that another provider may answer. Only then does a
   * chat with `failover` move on: what a provider refuses to answer goes to no other.
   */
  abstract readonly mayMoveOn: boolean;

  /** For the log: the host that failed, where it is not the provider's only one. */
  host: string | null = null;
  /** For the log: the status of the answer; null where there was none, or it was not what said so. */
  status: number | null = null;
  /** For the log: what the operating system or TLS calls it (`ECONNREFUSED`); null where they say nothing. */
  networkCode: string | null = null;
}

export class KeyRejectedError extends UpstreamError {
  readonly code = 'KEY_REJECTED';
  readonly retryable = false;
  readonly mayMoveOn = true;

  constructor() {
    super('The provider refuses this key.');
  }
}

/**
 * The key may not do this, and perhaps other things: a provider has keys that may chat and not list models. Of a chat it is
 * the key's fault like any other refusal.
 */
export class KeyLacksRightError extends KeyRejectedError {}

export class KeyExhaustedError extends UpstreamError {
  readonly code = 'KEY_EXHAUSTED';
  readonly retryable = false;
  readonly mayMoveOn = true;

  constructor() {
    super("This key's quota or credit with the provider is spent.");
  }
}

export class UnknownModelError extends UpstreamError {
  readonly code = 'UNKNOWN_MODEL';
  readonly retryable = false;
  readonly mayMoveOn = false;

  constructor() {
    super('The provider does not offer this model to this key.');
  }
}

/** What a provider says of the part of a request that it does not accept. Its words are looked at and dropped. */
export interface Complaint {
  /** The names and numbers that lead to it in the request as it was sent: `['messages', '0', 'content', '1']`. May be empty. */
  readonly place: readonly string[];
  readonly kind: 'image' | 'file' | null;
}

export class ProviderBadRequestError extends UpstreamError {
  readonly code = 'PROVIDER_BAD_REQUEST';
  readonly retryable = false;
  readonly mayMoveOn = false;
  /** For the adapter, which knows what it sent. */
  complaint: Complaint = { place: [], kind: null };

  /** @param parameter the name of one of our own inputs, never a provider's text */
  constructor(readonly parameter: string | null = null) {
    super(
      parameter === null
        ? 'The provider does not accept this request.'
        : `The provider does not accept the value of ${parameter} for this model.`,
    );
  }
}

export class ProviderRateLimitedError extends UpstreamError {
  readonly code = 'PROVIDER_RATE_LIMITED';
  readonly retryable = true;
  readonly mayMoveOn = true;

  constructor(override readonly retryAfterMs: number | null = null) {
    super('The provider limits how often this key may be used.');
  }
}

/** Something unknown is wrong with the answer: the cause may be the client's question. */
export class ProviderUnavailableError extends UpstreamError {
  readonly code = 'PROVIDER_UNAVAILABLE';
  readonly retryable: boolean = true;
  readonly mayMoveOn: boolean = false;

  constructor(override readonly retryAfterMs: number | null = null) {
    super('The provider is not available.');
  }
}

/** The provider fails or is overloaded, or something else than its API answers in its place. */
export class ProviderDownError extends ProviderUnavailableError {
  override readonly mayMoveOn = true;
}

/** There is no connection, or it broke before it answered. */
export class ProviderUnreachableError extends ProviderUnavailableError {
  override readonly mayMoveOn = true;

  constructor(networkCode: string | null) {
    super();
    this.networkCode = networkCode;
  }
}

/** The provider does not serve the country that this server is in: waiting does not help, and another one may serve it. */
export class ProviderNotHereError extends ProviderUnavailableError {
  override readonly retryable = false;
  override readonly mayMoveOn = true;
}

export class ProviderTimeoutError extends UpstreamError {
  readonly code = 'PROVIDER_TIMEOUT';
  readonly retryable = true;
  readonly mayMoveOn = true;

  constructor() {
    super('The provider did not answer in time.');
  }
}

export class ProviderTruncatedError extends UpstreamError {
  readonly code = 'PROVIDER_TRUNCATED';
  readonly retryable = true;

  readonly mayMoveOn: boolean;

  /** @param mayMoveOn false where the provider had said before that it refuses to answer */
  constructor({ mayMoveOn = true, networkCode = null as string | null } = {}) {
    super('The provider ended its answer before it was complete.');
    this.mayMoveOn = mayMoveOn;
    this.networkCode = networkCode;
  }
}
