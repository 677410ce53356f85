import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnomalyWatch } from './audit/anomalies/anomaly-watch.js';
import { AuditTrail } from './audit/chain/audit-trail.js';
import { TrailCheckpoints } from './audit/chain/trail-checkpoints.js';
import { UseWriter } from './audit/writer/use-writer.js';
import { type ServerConfig, serverVariables } from './config/server.js';
import { EventStreamDoor } from './graphql/event-stream/event-stream-door.js';
import { WebSocketDoor } from './graphql/websocket/websocket-door.js';
import { Limits } from './limits/limits.service.js';
import { toListenError } from './listen.js';
import { AnswerStreams } from './openai-door/answer/answer-streams.js';
import { DatabaseService } from './prisma/database.service.js';
import { registry } from './providers/registry/registry.js';
import type { LabelledReading, Reading } from './telemetry/prometheus/gauges.js';
import { MetricsServer } from './telemetry/prometheus/metrics-server.js';

/** A server of metrics that listens. */
export interface ServedMetrics {
  /** Where: `http://127.0.0.1:9464`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves the application's metrics. Loaded only where they are wanted.
 *
 * @throws StartupError naming METRICS_PORT
 */
export async function serveMetrics(
  app: NestFastifyApplication,
  { host }: Pick<ServerConfig, 'host'>,
  port: number,
): Promise<ServedMetrics> {
  const server = new MetricsServer({ providerIds: registry.map(({ id }) => id), readings: readingsOf(app) });
  try {
    return { origin: await server.listen(host, port), close: () => server.close() };
  } catch (error) {
    await server.close();
    throw toListenError(error, { host, port }, serverVariables.metricsPort);
  }
}

/** What is looked at in the application whenever metrics are asked for. */
export function readingsOf(app: NestFastifyApplication): readonly (Reading | LabelledReading)[] {
  const limits = app.get(Limits);
  const database = app.get(DatabaseService);
  const writer = app.get(UseWriter);
  const anomalies = app.get(AnomalyWatch);
  const trail = app.get(AuditTrail);
  const checkpoints = app.get(TrailCheckpoints);
  return [
    {
      name: 'keystream_streams_open',
      help: 'Subscriptions on this server.',
      read: () => limits.openStreams,
    },
    {
      name: 'keystream_chats_running',
      help: 'Chats that this server runs, watched or not.',
      read: () => limits.runningChats,
    },
    {
      name: 'keystream_connections_open',
      help: 'Connections of clients, over all doors.',
      read: () => connectionsOf(app.getHttpServer()),
    },
    {
      name: 'keystream_sockets_open',
      help: 'Connections that stay, by the door that they came through.',
      label: 'door',
      read: () => ({
        websocket: app.get(WebSocketDoor).openSockets,
        event_stream: app.get(EventStreamDoor).openStreams,
        openai: app.get(AnswerStreams).count,
      }),
    },
    {
      name: 'keystream_database_connections',
      help: 'Connections to the database: how many are at work, and how many there may be.',
      label: 'state',
      read: () => ({ busy: database.busy, limit: database.connections }),
    },
    {
      name: 'keystream_database_waiting',
      help: 'Operations that wait for a connection to the database.',
      read: () => database.waiting,
    },
    {
      name: 'keystream_writer_waiting',
      help: 'Uses of keys and their ends that wait to be committed to the audit trail.',
      read: () => writer.waiting,
    },
    {
      name: 'keystream_anomaly_events_waiting',
      help: 'Events that wait for the rules that watch the audit trail.',
      read: () => anomalies.waiting,
    },
    {
      name: 'keystream_audit_unlinked',
      help: 'Rows of the audit trail that this server has written and not linked yet.',
      read: () => trail.pending,
    },
    {
      name: 'keystream_audit_intact',
      help: '1 where the last verification found the audit trail as it was written, 0 where not, NaN before the first.',
      read: () => (checkpoints.isIntact === null ? NaN : Number(checkpoints.isIntact)),
    },
  ];
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
