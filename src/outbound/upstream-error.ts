import { AppError } from '../common/app-error.js';

/** What a provider's failure becomes. Nothing of the provider's own words travels: providers echo keys in them. */
export abstract class UpstreamError extends AppError {
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

  constructor() {
    super('The provider refuses this key.');
  }
}

export class KeyExhaustedError extends UpstreamError {
  readonly code = 'KEY_EXHAUSTED';
  readonly retryable = false;

  constructor() {
    super("This key's quota or credit with the provider is spent.");
  }
}

export class UnknownModelError extends UpstreamError {
  readonly code = 'UNKNOWN_MODEL';
  readonly retryable = false;

  constructor() {
    super('The provider does not offer this model to this key.');
  }
}

export class ProviderBadRequestError extends UpstreamError {
  readonly code = 'PROVIDER_BAD_REQUEST';
  readonly retryable = false;

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

  constructor(override readonly retryAfterMs: number | null = null) {
    super('The provider limits how often this key may be used.');
  }
}

export class ProviderUnavailableError extends UpstreamError {
  readonly code = 'PROVIDER_UNAVAILABLE';

  /** @param retryable false where the provider does not serve this server's country: waiting does not help */
  constructor(
    override readonly retryAfterMs: number | null = null,
    readonly retryable = true,
  ) {
    super('The provider is not available.');
  }
}

/** There is no connection, or it broke before it answered. */
export class ProviderUnreachableError extends ProviderUnavailableError {
  constructor(networkCode: string | null) {
    super();
    this.networkCode = networkCode;
  }
}

export class ProviderTimeoutError extends UpstreamError {
  readonly code = 'PROVIDER_TIMEOUT';
  readonly retryable = true;

  constructor() {
    super('The provider did not answer in time.');
  }
}

export class ProviderTruncatedError extends UpstreamError {
  readonly code = 'PROVIDER_TRUNCATED';
  readonly retryable = true;

  constructor(networkCode: string | null = null) {
    super('The provider ended its answer before it was complete.');
    this.networkCode = networkCode;
  }
}
