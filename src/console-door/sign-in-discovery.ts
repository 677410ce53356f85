import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '../common/app-error.js';
import { BoundedLines } from '../common/bounded-lines.js';
import { Config } from '../config/config.js';
import { fetchDocument } from '../outbound/fetch-document.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { ProviderUnreachableError } from '../outbound/upstream-error.js';
import { type ProviderMetadata, readProviderMetadata, UnfitMetadataError } from './provider-metadata.js';

/** For the whole document; the page waits for it. */
const TIMEOUT_MS = 5_000;
/** Real documents have some five kilobytes. */
const MAX_BYTES = 256 * 1024;
const KEPT_MS = 10 * 60_000;
/** How long it is not tried again: anybody can ask for the page. */
const FAILURE_KEPT_MS = 30_000;
/** How long what was read serves while nothing newer can be had. */
const OLD_SERVES_MS = 60 * 60_000;

interface Outcome {
  /** Null: it could not be had. */
  readonly metadata: ProviderMetadata | null;
  readonly readAt: number;
}

/**
 * Where the OpenID provider has people sign in, as its discovery document says (OpenID Connect Discovery 1.0 section 4):
 * fetched when it is first needed, by one request for all who ask, and kept; for longer while nothing newer can be had.
 */
@Injectable()
export class SignInDiscovery implements OnApplicationShutdown {
  readonly #outcomes: LRUCache<string, Outcome>;
  readonly #lines = new BoundedLines(new Logger(SignInDiscovery.name));

  constructor(
    private readonly config: Config,
    private readonly http: OutboundHttp,
  ) {
    this.#outcomes = new LRUCache({
      max: 1,
      ttl: KEPT_MS,
      ttlResolution: 0,
      perf: { now: () => performance.now() },
      fetchMethod: async (issuer, old, { options }) => {
        const metadata = await this.#ask(issuer);
        const now = performance.now();
        if (metadata !== null) return { metadata, readAt: now };
        options.ttl = FAILURE_KEPT_MS;
        return old && now - old.readAt < OLD_SERVES_MS ? old : { metadata, readAt: now };
      },
    });
  }

  /** @returns null where it cannot be had at the moment; the log says why */
  async find(issuer: string): Promise<ProviderMetadata | null> {
    return (await this.#outcomes.fetch(issuer))?.metadata ?? null;
  }

  onApplicationShutdown(): void {
    this.#lines.flush();
  }

  async #ask(issuer: string): Promise<ProviderMetadata | null> {
    try {
      const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const document = await fetchDocument(this.http, { url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
      return readProviderMetadata(document, issuer, this.config.general, ({ message }) =>
        this.#lines.warn(`The discovery document of AUTH_ISSUER is used without a part (${message}).`),
      );
    } catch (error) {
      this.#lines.warn(`The discovery document of AUTH_ISSUER cannot be used (${reasonOf(error)}).`);
      return null;
    }
  }
}

/** In codes of ours and of the operating system's, or in words of ours: without a text of the document's. */
function reasonOf(error: unknown): string {
  if (error instanceof ProviderUnreachableError && error.networkCode !== null) return error.networkCode;
  if (error instanceof AppError) return error.code;
  return error instanceof UnfitMetadataError ? error.message : 'unexpected';
}
