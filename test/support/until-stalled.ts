import type { Exchange } from '../../demo/stand-in/exchange.mjs';

/** Round trips to the server during which not a byte of an answer is taken: then none is about to be taken. */
const STILL = 100;

/** Resolves when the server takes no more of a provider's answer, although it has time for others. */
export async function untilStalled(exchange: Exchange, url: string): Promise<void> {
  let sentBytes = -1;
  for (let still = 0; still < STILL; still++) {
    if (exchange.sentBytes !== sentBytes) still = 0;
    sentBytes = exchange.sentBytes;
    await fetch(`${url}/healthz`);
  }
}
