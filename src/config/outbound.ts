import type { EndpointMode } from '../common/endpoint-address.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { oneOf } from './parsers.js';
import { parseServiceUrl } from './service-url.js';
import { InvalidValueError, type Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface OutboundConfig {
  /** Null: there is none. */
  readonly proxy: OutboundProxy | null;
  /** Which addresses of their own users may name. */
  readonly customEndpoints: EndpointMode;
}

function proxy(text: string): OutboundProxy {
  const url = parseServiceUrl(text, {
    schemes: ['http:', 'https:'],
    mistake: 'must look like http://user:password@host:port',
    foreign: [[/^socks/i, 'must be a proxy that is spoken to in HTTP: http:// or https://']],
  });
  if (url.pathname !== '/' || text.includes('?'))
    throw new InvalidValueError('must have neither a path nor a query');
  return new OutboundProxy(url);
}

export const outboundVariables = {
  proxy: {
    name: 'OUTBOUND_PROXY_URL',
    meaning: 'http://user:password@host:port of a proxy for all that is called over HTTP; unset: none',
    default: null,
    parse: proxy,
    secret: true,
  } satisfies Variable<OutboundProxy>,
  customEndpoints: {
    name: 'CUSTOM_ENDPOINTS',
    meaning: 'addresses that users may name: off, public (https), any; unset: off in production, else public',
    default: null,
    parse: oneOf('off', 'public', 'any'),
  } satisfies Variable<EndpointMode>,
};

export function readOutbound(reader: VariableReader): OutboundConfig {
  return {
    proxy: reader.readOptional(outboundVariables.proxy),
    customEndpoints:
      reader.readOptional(outboundVariables.customEndpoints) ?? (reader.production ? 'off' : 'public'),
  };
}
