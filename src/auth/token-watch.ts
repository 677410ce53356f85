/** Hears of every token that is refused, but for those that were good once. Whoever watches stands above this folder. */
export abstract class TokenWatch {
  /**
   * Takes no time, and never throws.
   *
   * @param network that it came from; null where the socket is gone
   * @param authorization what stood in the token's place, which may be anything a client can send
   */
  abstract onRefused(network: string | null, authorization: unknown): void;
}
