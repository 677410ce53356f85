import { fastify, type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type LabelledReading, type Reading, registerReadings } from './gauges.js';
import { countSignals } from './metrics.js';

/** How long a client may take to send a request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface MetricsSettings {
  readonly providerIds: readonly string[];
  readonly readings: readonly (Reading | LabelledReading)[];
}

/**
 * `GET /metrics` in Prometheus' text format, on a port of its own: whoever reaches it may read it.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export class MetricsServer {
  readonly registry = new Registry();
  readonly #server: FastifyInstance;
  readonly #stopCounting: () => void;

  constructor({ providerIds, readings }: MetricsSettings) {
    const { registry } = this;
    // Node's own: event loop, memory, garbage collection, processor time.
    collectDefaultMetrics({ register: registry });
    registerReadings(registry, readings);
    this.#stopCounting = countSignals(registry, providerIds);
    this.#server = fastify({ requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true });
    this.#server.get('/metrics', async (_, reply) => {
      const text = await registry.metrics();
      return reply
        .header('content-type', registry.contentType)
        .header('cache-control', 'no-store')
        .send(text);
    });
  }

  /** @throws what the operating system says where it cannot be listened there */
  async listen(host: string, port: number): Promise<string> {
    return this.#server.listen({ host, port });
  }

  async close(): Promise<void> {
    this.#stopCounting();
    await this.#server.close();
  }
}
