import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

/** An OpenTelemetry collector, for traces in JSON. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** All that came, as text. */
  text = '';
  /** Where it came. */
  readonly paths = new Set<string>();
  status = 200;
  #wake = (): void => undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceCollector> {
    const server = createServer((request, response) => {
      void json(request).then((message) => {
        collector.#take(request.url ?? '', message as Message);
        response.writeHead(collector.status).end('{}');
      });
    });
    const collector = new TraceCollector(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Resolves when a span of this name has come. */
  async received(name: string): Promise<CollectedSpan> {
    for (;;) {
      const found = this.spans.find((span) => span.name === name);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #take(path: string, message: Message): void {
    this.paths.add(path);
    this.text += JSON.stringify(message);
    for (const { scopeSpans } of message.resourceSpans)
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    this.#wake();
  }
}

interface Message {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}
