import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { BoundedLines } from '../common/bounded-lines.js';
import { providerFailed } from '../telemetry/signals/signals.js';
import { UpstreamError } from './upstream-error.js';
import { readUrl } from '../common/read-url.js';

/** Logs each failure of a provider: which provider, where, and its status or code. Never the provider's own text. */
@Injectable()
export class UpstreamLog implements OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger('Upstream'));

  /**
   * @param provider its id
   * @param address of the operator's settings, where the error does not say which host it was
   * @param error anything but an UpstreamError is no failure of a provider
   */
  warn(provider: string, address: string | undefined, error: unknown): void {
    if (!(error instanceof UpstreamError)) return;
    const { code, status, networkCode } = error;
    providerFailed.tell({ provider, code });
    this.#lines.warn('A provider failed', {
      provider,
      host: error.host ?? hostOf(address),
      code,
      ...(status !== null && { status }),
      ...(networkCode !== null && { errno: networkCode }),
    });
  }

  onApplicationShutdown(): void {
    this.#lines.flush();
  }
}

/** Of an address, what holds neither a user's name nor a query. */
export function hostOf(address: string | undefined): string | null {
  return (address !== undefined && readUrl(address)?.host) || null;
}
