import { type Network, parseNetwork } from '../common/ip-address.js';
import { allowedOrigin } from './browser-origin.js';
import { byteLimit, host, listOf, milliseconds, wholeNumber } from './parsers.js';
import { type PersistedOperation, persistedOperations } from './persisted-operations.js';
import { baseUrl } from './url-parsers.js';
import { type DefaultedVariable, InvalidValueError, type Parser, type Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface ServerConfig {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Where metrics are served; 0 picks a free port, null: nowhere. */
  readonly metricsPort: number | null;
  /** Where traces are sent, without a trailing slash; null: nowhere. */
  readonly tracesEndpoint: string | null;
  /** As browsers send them, or with `*` for the first label; null: same origin, and outside production Apollo Sandbox. */
  readonly allowedOrigins: readonly string[] | null;
  /** The proxies in front of this server, whose word counts on where a request comes from. */
  readonly trustedProxies: readonly Network[];
  readonly maxBodyBytes: number;
  readonly maxFrameBytes: number;
  /** All that may run; null: any operation. */
  readonly persistedOperations: readonly PersistedOperation[] | null;
  /** How long streams may finish after SIGTERM. */
  readonly drainTimeoutMs: number;
}

/** Each address that a request passed is looked for among these. */
const MOST_NETWORKS = 100;

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === null) {
    throw new InvalidValueError(
      'must be an IP address or a network (10.0.0.0/8, 2001:db8::/32), without a port',
    );
  }
  return parsed;
}

const networks: Parser<readonly Network[]> = (text) => {
  const parsed = listOf(network)(text);
  if (parsed.length > MOST_NETWORKS) throw new InvalidValueError(`must be at most ${MOST_NETWORKS} items`);
  return parsed;
};

const port = wholeNumber(0, 65_535);
export const serverVariables = {
  host: {
    name: 'HOST',
    meaning: 'address on which HTTP and WebSocket listen',
    default: '127.0.0.1',
    parse: host,
  } satisfies DefaultedVariable<string>,
  port: {
    name: 'PORT',
    meaning: 'port on which HTTP and WebSocket listen; 0 picks a free one',
    default: '4000',
    parse: port,
  } satisfies DefaultedVariable<number>,
  metricsPort: {
    name: 'METRICS_PORT',
    meaning: "port of HOST on which Prometheus' /metrics is served, to all who reach it; unset: off",
    default: null,
    parse: port,
  } satisfies Variable<number>,
  tracesEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning: 'address of an OpenTelemetry collector (OTLP over HTTP) that traces are sent to; unset: off',
    default: null,
    // It is of one's own network, and what goes there is no secret: http:// serves in production, too.
    parse: (text: string) => baseUrl()(text),
  } satisfies Variable<string>,
  allowedOrigins: {
    name: 'ALLOWED_ORIGINS',
    meaning: 'comma-separated browser origins; unset: same origin, and Apollo Sandbox outside production',
    default: null,
    parse: listOf(allowedOrigin),
  } satisfies Variable<readonly string[]>,
  trustedProxies: {
    name: 'TRUST_PROXY',
    meaning:
      'comma-separated addresses and networks of proxies whose X-Forwarded-For and -Proto count; unset: none',
    default: null,
    parse: networks,
  } satisfies Variable<readonly Network[]>,
  maxBodyBytes: {
    name: 'MAX_BODY_BYTES',
    meaning: 'longest HTTP body, in bytes',
    default: '1048576',
    parse: byteLimit,
  } satisfies DefaultedVariable<number>,
  maxFrameBytes: {
    name: 'MAX_FRAME_BYTES',
    meaning: 'longest WebSocket message, in bytes',
    default: '1048576',
    parse: byteLimit,
  } satisfies DefaultedVariable<number>,
  persistedOperations,
  drainTimeoutMs: {
    name: 'DRAIN_TIMEOUT_MS',
    meaning: 'how long streams may finish after SIGTERM, in milliseconds',
    default: '30000',
    parse: milliseconds(0),
  } satisfies DefaultedVariable<number>,
};

export function readServer(reader: VariableReader): ServerConfig {
  return {
    host: reader.read(serverVariables.host),
    port: reader.read(serverVariables.port),
    metricsPort: readMetricsPort(reader),
    tracesEndpoint: reader.readOptional(serverVariables.tracesEndpoint),
    allowedOrigins: reader.readOptional(serverVariables.allowedOrigins),
    trustedProxies: reader.readOptional(serverVariables.trustedProxies) ?? [],
    maxBodyBytes: reader.read(serverVariables.maxBodyBytes),
    maxFrameBytes: reader.read(serverVariables.maxFrameBytes),
    persistedOperations: reader.readOptional(serverVariables.persistedOperations),
    drainTimeoutMs: reader.read(serverVariables.drainTimeoutMs),
  };
}

function readMetricsPort(reader: VariableReader): number | null {
  const { port, metricsPort } = serverVariables;
  const chosen = reader.readOptional(metricsPort);
  if (chosen !== null && chosen !== 0 && chosen === reader.read(port))
    reader.report(metricsPort, `must be another port than ${port.name}`);
  return chosen;
}
