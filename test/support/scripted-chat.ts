import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import type { StandIn } from '../../demo/stand-in/stand-in.mjs';

/** The answer to OpenAI's next request, which a test gives piece by piece. */
export class ScriptedChat {
  readonly exchange: Promise<Exchange>;
  #events: ResponseEvents | null = null;

  constructor(standIn: StandIn) {
    standIn.once('OPENAI', () => undefined);
    this.exchange = standIn.nextRequest('OPENAI');
  }

  /** Sends each text as a delta of its own. */
  async say(...texts: readonly string[]): Promise<void> {
    const exchange = await this.exchange;
    if (!this.#events) {
      this.#events = new ResponseEvents(exchange.body);
      await exchange.write(this.#events.begin() + this.#events.beginText());
    }
    for (const text of texts) await exchange.write(this.#events.textDelta(text));
  }

  /** Ends the answer properly. */
  async end(): Promise<void> {
    await this.say();
    (await this.exchange).end(this.#events?.end(1));
  }

  /** Cuts the connection. */
  async cut(): Promise<void> {
    (await this.exchange).cut();
  }

  /** Resolves when Keystream has closed the request. */
  async closed(): Promise<void> {
    await (
      await this.exchange
    ).closedByClient;
  }
}
