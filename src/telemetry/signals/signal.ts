import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/**
 * Something that happens here, published for those that measure. It is a port that every layer may call: it knows nobody, and
 * where nobody listens it does nothing.
 *
 * A fact holds names, ids and numbers only, and of what a user wrote no more than the model's name: no text and no key.
 */
export class Signal<Fact extends object> {
  readonly #channel;

  /** @param name of Node's diagnostics channel, after `keystream:` */
  constructor(name: string) {
    this.#channel = channel(`keystream:${name}`);
  }

  tell(fact: Fact): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(fact);
  }

  /**
   * @param listener must not throw
   * @returns what ends it
   */
  listen(listener: (fact: Fact) => void): () => void {
    const receive = (fact: unknown): void => listener(fact as Fact);
    const { name } = this.#channel;
    subscribe(name, receive);
    return () => {
      unsubscribe(name, receive);
    };
  }
}
