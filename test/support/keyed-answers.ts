import type { Behaviour } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { services } from '../../demo/stand-in/services.mjs';
import type { StandIn } from '../../demo/stand-in/stand-in.mjs';

/** More than any suite makes requests of one provider. */
const REQUESTS = 500;

/**
 * Answers of the stand-in by the key that a request brings, so that many chats can be at different ends at once. A key
 * that was given none is refused.
 */
export class KeyedAnswers {
  readonly #behaviours = new Map<string, Behaviour[]>();
  readonly #exchanges = new Map<string, (exchange: Exchange) => void>();

  constructor(standIn: StandIn) {
    for (const { provider, refuse } of services) {
      for (let count = 0; count < REQUESTS; count += 1) {
        standIn.once(provider, (exchange, tools) => {
          this.#exchanges.get(exchange.key ?? '')?.(exchange);
          const behaviours = this.#behaviours.get(exchange.key ?? '') ?? [];
          const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
          return (behaviour ?? refuse)(exchange, tools);
        });
      }
    }
  }

  /** One answer after the other; the last one goes for all further requests. */
  set(key: string, ...behaviours: Behaviour[]): void {
    this.#behaviours.set(key, behaviours);
  }

  /** The next request with this key. */
  requestWith(key: string): Promise<Exchange> {
    return new Promise((resolve) => this.#exchanges.set(key, resolve));
  }
}

/** What a service usually answers. */
export function usualAnswer(provider: string): Behaviour {
  const service = services.find((each) => each.provider === provider);
  if (!service) throw new Error(`The stand-in does not play ${provider}.`);
  return service.answer;
}
