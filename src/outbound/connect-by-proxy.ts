import { request as requestInTheClear } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { OutboundProxy } from '../common/outbound-proxy.js';
import { PatientTimer } from '../common/patient-timer.js';

/** Why there is no way through the proxy. */
export class ProxyError extends Error {
  /** @param code for the log, in the place of the operating system's */
  constructor(
    readonly code: 'PROXY_UNREACHABLE' | 'PROXY_TIMEOUT' | 'PROXY_CREDENTIALS_REFUSED' | 'PROXY_REFUSED',
    /** What it answered, or what the operating system or TLS says. */
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super('There is no way through the proxy.');
  }
}

const AUTHENTICATION_REQUIRED = 407;
/** As undici has it for its own connections. */
const KEEP_ALIVE_MS = 60_000;

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens connections through the operator's proxy, or directly where there is none. @param onFailure see {@link connectByProxy} */
export const connectorFor = (
  proxy: OutboundProxy | null,
  onFailure: (proxy: OutboundProxy, error: ProxyError) => void,
): buildConnector.connector =>
  proxy
    ? connectByProxy(proxy, CONNECT_TIMEOUT_MS, (error) => onFailure(proxy, error))
    : buildConnector({ timeout: CONNECT_TIMEOUT_MS });

/**
 * Opens connections through a proxy, by CONNECT (RFC 9110 section 9.3.6): it sees which host is called, and of what goes
 * there by TLS nothing more. Targets in the clear are reached in the same way, so that no request ever stands in the
 * proxy's own.
 *
 * @param onFailure hears of what is the proxy's fault, or that of the way to it
 */
function connectByProxy(
  proxy: OutboundProxy,
  timeoutMs: number,
  onFailure: (error: ProxyError) => void,
): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs });
  return (options, callback) => {
    const isSecure = options.protocol === 'https:';
    const target = options.port ? options.host : `${options.host ?? ''}:${isSecure ? 443 : 80}`;
    openTunnel(proxy, target ?? '', timeoutMs, (error, socket) => {
      if (error) {
        onFailure(error);
        callback(error, null);
      } else if (isSecure) secure({ ...options, httpSocket: socket }, callback);
      else callback(null, socket);
    });
  };
}

type Opened = (...result: [error: ProxyError, socket: null] | [error: null, socket: Socket]) => void;

function openTunnel(proxy: OutboundProxy, target: string, timeoutMs: number, onOpened: Opened): void {
  const send = proxy.isSecure ? requestOverTls : requestInTheClear;
  const request = send({
    method: 'CONNECT',
    host: proxy.hostname,
    port: proxy.port,
    path: target,
    headers: { host: target, connection: 'keep-alive', ...proxy.headers },
    // A connection of its own, which nobody's variables lead elsewhere.
    agent: false,
  });
  const timer = new PatientTimer(timeoutMs, () => request.destroy(new ProxyError('PROXY_TIMEOUT')));
  request.on('connect', ({ statusCode = 0 }, socket: Socket, head) => {
    timer.stop();
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head);
      socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
      onOpened(null, socket);
      return;
    }
    socket.on('error', () => undefined).destroy();
    const code = statusCode === AUTHENTICATION_REQUIRED ? 'PROXY_CREDENTIALS_REFUSED' : 'PROXY_REFUSED';
    onOpened(new ProxyError(code, { target, status: statusCode }), null);
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    timer.stop();
    const { code = 'unknown' } = error;
    onOpened(
      error instanceof ProxyError ? error : new ProxyError('PROXY_UNREACHABLE', { errno: code }),
      null,
    );
  });
  request.end();
}
