import { ProviderUnavailableError } from './upstream-error.js';

const NEWLINE = 10;

/**
 * Watches a stream of server-sent events pass, and stops one whose events do not end: parsers keep an event in
 * memory until the blank line after it.
 */
export class EventSizeLimit {
  #eventBytes = 0;
  #lineBytes = 0;

  constructor(private readonly maxEventBytes: number) {}

  /**
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE when the current event has become too large
   */
  add(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      // A line of one byte is a carriage return: no field is that short.
      const isBlank = this.#lineBytes + end - start <= 1;
      this.#eventBytes = isBlank ? 0 : this.#eventBytes + end + 1 - start;
      this.#lineBytes = 0;
      start = end + 1;
    }
    this.#lineBytes += chunk.length - start;
    this.#eventBytes += chunk.length - start;
    if (this.#eventBytes > this.maxEventBytes) throw new ProviderUnavailableError();
  }
}
