import { hang } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import type { StandIn } from '../../demo/stand-in/stand-in.mjs';

/** OpenAI's part in a chat, word by word as a test wants it. */
export class Speaker {
  readonly #events: ResponseEvents;
  #isSpeaking = false;

  private constructor(readonly exchange: Exchange) {
    this.#events = new ResponseEvents(exchange.body);
  }

  /** Takes the next request to OpenAI. Call it before what makes the request. */
  static async next(standIn: StandIn): Promise<Speaker> {
    const next = standIn.nextRequest('OPENAI');
    standIn.once('OPENAI', hang());
    const speaker = new Speaker(await next);
    await speaker.exchange.write(speaker.#events.begin());
    return speaker;
  }

  /** What was asked, as OpenAI's API has it. */
  get request(): Record<string, any> {
    return this.exchange.body as Record<string, any>;
  }

  async think(text: string): Promise<void> {
    const { exchange } = this;
    await exchange.write(this.#events.beginReasoning() + this.#events.reasoningDelta(text));
  }

  async endThinking(): Promise<void> {
    await this.exchange.write(this.#events.endReasoning());
  }

  async say(text: string): Promise<void> {
    if (!this.#isSpeaking) await this.exchange.write(this.#events.beginText());
    this.#isSpeaking = true;
    await this.exchange.write(this.#events.textDelta(text));
  }

  end(): void {
    this.exchange.end(this.#events.end(12));
  }
}
