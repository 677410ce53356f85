import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { IpAddress } from '../common/ip-address.js';
import { TrustedProxies } from '../edge/trusted-proxies.js';
import { SlidingWindow } from '../common/sliding-window.js';

/** How many requests without a good token one address may send in any minute before it is answered in silence. */
const FAILURES_PER_MINUTE = 30;

/** Some megabytes at most, from however many addresses they come. */
const MOST_ADDRESSES = 10_000;

const UNAUTHORIZED = 401;

/**
 * Counts the requests that bring no good token, by the address that they come from. Over the limit they are answered as
 * before, but without a line in the log, and their connection is closed.
 *
 * A request without a token counts where it needs one: it costs an attacker as little as a bad one, and fills the log
 * as well. No address is ever refused for it: tokens are checked as before, so that a good one passes from any address.
 */
@Injectable()
export class FailingTokens {
  readonly #failures = new SlidingWindow(FAILURES_PER_MINUTE, () => performance.now(), MOST_ADDRESSES);
  /** Whether a request was over the limit. */
  readonly #verdicts = new WeakMap<IncomingMessage, boolean>();

  constructor(private readonly proxies: TrustedProxies) {}

  /** Counts what fails over HTTP, in any part of a door. Called before routes are registered. */
  install(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, _, done) => {
      if (reply.statusCode === UNAUTHORIZED && this.count(request.raw))
        void reply.header('connection', 'close');
      done();
    });
  }

  /**
   * Counts a request that is refused for lack of a good token, once.
   *
   * @returns whether it is over the limit
   */
  count(request: IncomingMessage): boolean {
    const verdict = this.#verdicts.get(request) ?? this.#failures.take(this.#sourceOf(request)) > 0;
    this.#verdicts.set(request, verdict);
    return verdict;
  }

  /** Whether a request was counted, and over the limit. */
  isOverLimit(request: IncomingMessage): boolean {
    return this.#verdicts.get(request) === true;
  }

  #sourceOf(request: IncomingMessage): string {
    const address = this.proxies.clientOf(request);
    return address === null ? 'unknown' : sourceOf(address);
  }
}

/** A network of IPv6 is what one customer gets (RFC 6177): its owner never has to use an address in it twice. */
function sourceOf(address: IpAddress): string {
  if (address.kind() === 'ipv4') return address.toString();
  return address.toByteArray().slice(0, 8).join('.');
}
