import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Config } from '../config/config.js';

const APOLLO_SANDBOX = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];

/** A browser page of an origin that the operator did not allow. */
export class ForbiddenOriginError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly retryable = false;
  override readonly httpStatus = 403;

  constructor() {
    super('Pages of this origin may not use this server. Its operator allows origins with ALLOWED_ORIGINS.');
  }
}

/** Which browser pages may call, on every door alike. */
@Injectable()
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  constructor(config: Config) {
    const byDefault = config.general.production ? [] : APOLLO_SANDBOX;
    this.#allowed = new Set(config.server.allowedOrigins ?? byDefault);
  }

  /** Requests without an Origin header come from no browser and pass. */
  allows({ origin, host }: IncomingHttpHeaders): boolean {
    return origin === undefined || this.#allowed.has(origin) || isSameOrigin(origin, host);
  }
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
