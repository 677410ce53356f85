import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** How the events of a stream are asked for, and read. */
export interface StreamForm {
  readonly path: string;
  readonly accept: string;
  /** @returns what takes the pieces of a body */
  readonly parse: (on: {
    readonly event: (event: Pick<EventSourceMessage, 'event' | 'data'>) => void;
    readonly comment: () => void;
  }) => (piece: string) => void;
}

/** Of graphql-sse. */
export const serverSentEvents: StreamForm = {
  path: '/graphql/stream',
  accept: 'text/event-stream',
  parse: ({ event, comment }) => {
    const parser = createParser({ onEvent: event, onComment: comment });
    return (piece) => parser.feed(piece);
  },
};

/** Of OpenAI's wire format: its last word is `complete`. */
export const answerChunks: StreamForm = {
  path: '/v1/chat/completions',
  accept: 'text/event-stream',
  parse: ({ event, comment }) =>
    serverSentEvents.parse({
      comment,
      event: ({ data }) =>
        event(data === '[DONE]' ? { event: 'complete', data: '' } : { event: 'next', data }),
    }),
};

const BOUNDARY = '\r\n--graphql';

/** Of Apollo's multipart subscriptions: a part without a result is a comment, and the closing boundary is `complete`. */
export const multipart: StreamForm = {
  path: '/graphql',
  accept: 'multipart/mixed;subscriptionSpec=1.0,application/json',
  parse: ({ event, comment }) => {
    let rest = '';
    const read = (text: string): void => {
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (!text.slice(0, head).includes('content-type: application/json'))
        throw new Error('No part of JSON.');
      const part = JSON.parse(text.slice(head)) as { readonly payload?: unknown };
      if (part.payload === undefined) comment();
      else event({ event: 'next', data: JSON.stringify(part.payload) });
    };
    return (piece) => {
      const texts = (rest + piece).split(BOUNDARY);
      rest = texts.pop() ?? '';
      for (const text of texts) read(text);
      if (rest.startsWith('--')) event({ event: 'complete', data: '' });
    };
  },
};

/** A response whose events are read one by one. */
export class RawStream {
  /** Resolves when the response is over: whether it was ended, or cut. */
  readonly closed: Promise<'ended' | 'cut'>;
  /** Comments so far: pings. */
  comments = 0;
  readonly #received: Pick<EventSourceMessage, 'event' | 'data'>[] = [];
  #isOver = false;
  #wake = (): void => undefined;

  private constructor(
    readonly request: ClientRequest,
    readonly response: IncomingMessage,
    form: StreamForm,
  ) {
    const feed = form.parse({
      event: (event) => this.#received.push(event),
      comment: () => (this.comments += 1),
    });
    // What is answered without a stream is one result.
    const isStream = !response.headers['content-type']?.startsWith('application/json');
    let answer = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      if (isStream) feed(text);
      else answer += text;
      this.#wake();
    });
    response.once('end', () => {
      if (answer !== '') this.#received.push({ event: 'next', data: answer });
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
  static async open(
    url: string,
    body: unknown,
    headers: Record<string, string>,
    form = serverSentEvents,
  ): Promise<RawStream> {
    const { path, accept } = form;
    const outgoing = request(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headers },
    });
    outgoing.on('error', () => undefined);
    outgoing.end(JSON.stringify(body));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return new RawStream(outgoing, response, form);
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
