import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it arrived. */
export interface ReceivedWebhook {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Where the operator is told of anomalies. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** How the next ones are answered: at first these, then with 204. */
  readonly answers: ((response: ServerResponse) => void)[] = [];
  #wake: (() => void) | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        const answer = receiver.answers.shift() ?? ((each) => each.writeHead(204).end());
        receiver.received.push({ url, headers, body: Buffer.concat(chunks).toString() });
        answer(response);
        receiver.#wake?.();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook?room=ops`;
  }

  /** Resolves when so many have arrived. */
  async until(count: number): Promise<readonly ReceivedWebhook[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.received;
  }

  forget(): void {
    this.received.length = 0;
    this.answers.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
