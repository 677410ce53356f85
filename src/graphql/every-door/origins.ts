import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { canonicalOrigin, serverOrigin, wildcardOf } from '../../config/browser-origin.js';
import { Config } from '../../config/config.js';
import { TrustedProxies } from '../../edge/trusted-proxies.js';

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

  constructor(
    config: Config,
    private readonly proxies: TrustedProxies,
  ) {
    const byDefault = config.general.production ? [] : APOLLO_SANDBOX;
    this.#allowed = new Set(config.server.allowedOrigins ?? byDefault);
  }

  /** Requests without an Origin header come from no browser and pass. */
  allows(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    if (origin === undefined) return true;
    const canonical = canonicalOrigin(origin);
    if (canonical === null) return false;
    return (
      this.#allowed.has(canonical) ||
      this.#allowed.has(wildcardOf(canonical)) ||
      this.#isSameOrigin(canonical, request)
    );
  }

  #isSameOrigin(origin: string, request: IncomingMessage): boolean {
    const page = serverOrigin(origin);
    if (page === null) return false;
    // The browser knows best, also where a proxy replaces Host, and no page can write this header
    // (https://www.w3.org/TR/fetch-metadata/). Not every browser sends it, and none to http:// on another machine.
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin';
    const server = serverOrigin(`${page.protocol}//${request.headers.host ?? ''}`);
    if (server?.host !== page.host) return false;
    // TLS ends in front of us: only a proxy knows whether the browser speaks it.
    const protocol = this.proxies.protocolOf(request);
    return protocol === null || protocol === page.protocol;
  }
}
