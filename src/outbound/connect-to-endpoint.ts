import type { Socket } from 'node:net';
import { isNativeError } from 'node:util/types';
import type { buildConnector } from 'undici';
import type { EndpointPolicy } from '../common/endpoint-address.js';
import { type IpAddress, parseAddress } from '../common/ip-address.js';
import { PatientTimer } from '../common/patient-timer.js';
import type { HostNames } from './host-names.js';

/** Less than a verification may take, so that whatever is wrong with an address looks the same. */
const LONGEST_MS = 8_000;
/** More than any service has. */
const MOST_ADDRESSES = 64;

/** Why there is no connection to an endpoint. */
export class EndpointConnectError extends Error {
  /** @param code for the log, in the place of the operating system's */
  constructor(readonly code: 'ADDRESS_NOT_ALLOWED' | 'CONNECT_TIMEOUT') {
    super('There is no connection to the endpoint.');
  }
}

export interface EndpointWay {
  readonly policy: EndpointPolicy;
  readonly names: HostNames;
  /** Opens the connections, directly or through the operator's proxy. */
  readonly connect: buildConnector.connector;
}

/**
 * Opens connections to hosts that users have named. A name is resolved once, every address that it leads to must be
 * allowed, and the connection goes to one of those very addresses: what DNS says a moment later changes nothing. TLS and
 * the request name the host as before.
 */
export function connectToEndpoint(way: EndpointWay): buildConnector.connector {
  return (options, callback) => {
    let isOver = false;
    const end = (error: Error | null, socket: Socket | null): void => {
      if (isOver) {
        socket?.destroy();
        return;
      }
      isOver = true;
      timer.stop();
      if (socket) callback(null, socket);
      else callback(error ?? new EndpointConnectError('CONNECT_TIMEOUT'), null);
    };
    const timer = new PatientTimer(LONGEST_MS, () => end(null, null));
    open(way, options, () => isOver).then(
      (socket) => end(null, socket),
      (error: unknown) => end(isNativeError(error) ? error : null, null),
    );
  };
}

async function open(
  { policy, names, connect }: EndpointWay,
  options: buildConnector.Options,
  isOver: () => boolean,
): Promise<Socket> {
  const { hostname } = options;
  const literal = parseAddress(hostname);
  const texts = literal ? [literal.toString()] : await names.addressesOf(hostname);
  const addresses = texts.slice(0, MOST_ADDRESSES).map(parseAddress);
  const areAllowed = addresses.every((address) => address !== null && policy.allows(address));
  if (!areAllowed || texts.length > MOST_ADDRESSES) throw new EndpointConnectError('ADDRESS_NOT_ALLOWED');
  const servername = literal ? undefined : hostname;
  let failure: Error | null = null;
  for (const address of oneOfEachKind(addresses)) {
    // Nobody waits for it any more.
    if (isOver()) break;
    const [error, socket] = await connected(connect, {
      ...atAddress(options, address),
      ...(servername !== undefined && { servername }),
    });
    if (socket) return socket;
    failure = error;
  }
  throw failure ?? new EndpointConnectError('CONNECT_TIMEOUT');
}

/** IPv4 first, which more networks have. */
function oneOfEachKind(addresses: readonly (IpAddress | null)[]): IpAddress[] {
  return (['ipv4', 'ipv6'] as const).flatMap(
    (kind) => addresses.find((address) => address?.kind() === kind) ?? [],
  );
}

function atAddress(options: buildConnector.Options, address: IpAddress): buildConnector.Options {
  const hostname = address.toString();
  const bracketed = address.kind() === 'ipv6' ? `[${hostname}]` : hostname;
  return { ...options, hostname, host: options.port ? `${bracketed}:${options.port}` : bracketed };
}

type Result = Parameters<buildConnector.Callback>;

function connected(connect: buildConnector.connector, options: buildConnector.Options): Promise<Result> {
  return new Promise((resolve) => {
    connect(options, (...result) => resolve(result));
  });
}
