import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A response of POST /graphql/stream, whose events are read one by one. */
export class RawStream {
  /** Resolves when the response is over: whether it was ended, or cut. */
  readonly closed: Promise<'ended' | 'cut'>;
  /** Comments so far: pings. */
  comments = 0;
  readonly #received: EventSourceMessage[] = [];
  #isOver = false;
  #wake = (): void => undefined;

  private constructor(
    readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    const parser = createParser({
      onEvent: (event) => this.#received.push(event),
      onComment: () => (this.comments += 1),
    });
    response.setEncoding('utf8').on('data', (text: string) => {
      parser.feed(text);
      this.#wake();
    });
    // A cut shows in `complete`.
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.#isOver = true;
        this.#wake();
        resolve(response.complete ? 'ended' : 'cut');
      });
    });
  }

  /** Sends a request; resolves when the headers of its answer are there. */
  static async open(url: string, body: unknown, headers: Record<string, string>): Promise<RawStream> {
    const outgoing = request(`${url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    });
    outgoing.on('error', () => undefined);
    outgoing.end(JSON.stringify(body));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return new RawStream(outgoing, response);
  }

  /** The next event, its data parsed; null where the response is over. */
  async next(): Promise<{ readonly event: string; readonly data: any } | null> {
    while (this.#received.length === 0) {
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const { event = '', data } = this.#received.shift()!;
    return { event, data: data === '' ? null : JSON.parse(data) };
  }
}
