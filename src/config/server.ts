import { host, listOf, milliseconds, wholeNumber } from './parsers.js';
import { browserOrigin } from './url-parsers.js';
import type { DefaultedVariable, Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface ServerConfig {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** As browsers send them; null: same origin, and outside production Apollo Sandbox. */
  readonly allowedOrigins: readonly string[] | null;
  readonly maxBodyBytes: number;
  readonly maxFrameBytes: number;
  /** How long streams may finish after SIGTERM. */
  readonly drainTimeoutMs: number;
}

const byteLimit = wholeNumber(1024, 256 * 1024 * 1024);

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
    parse: wholeNumber(0, 65_535),
  } satisfies DefaultedVariable<number>,
  allowedOrigins: {
    name: 'ALLOWED_ORIGINS',
    meaning: 'comma-separated browser origins; unset: same origin, and Apollo Sandbox outside production',
    default: null,
    parse: listOf(browserOrigin),
  } satisfies Variable<readonly string[]>,
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
    allowedOrigins: reader.readOptional(serverVariables.allowedOrigins),
    maxBodyBytes: reader.read(serverVariables.maxBodyBytes),
    maxFrameBytes: reader.read(serverVariables.maxFrameBytes),
    drainTimeoutMs: reader.read(serverVariables.drainTimeoutMs),
  };
}
