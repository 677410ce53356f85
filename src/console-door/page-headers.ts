import { contentSecurityPolicy, ownSockets } from '../edge/content-security-policy.js';
import type { ProviderMetadata } from './provider-metadata.js';

type Headers = Readonly<Record<string, string>>;

/** What neither page needs of a device, nor may a frame in it have. */
const UNUSED_FEATURES = [
  ...[
    'accelerometer',
    'autoplay',
    'camera',
    'display-capture',
    'encrypted-media',
    'fullscreen',
    'geolocation',
  ],
  ...['gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'serial', 'usb'],
  ...['screen-wake-lock', 'xr-spatial-tracking'],
];

/** Those of both pages. They hold a nonce, and lead to what stands in the configuration now: nobody keeps them. */
const ofEveryPage: Headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
};

export interface PageSources {
  /** As the browser sent it. */
  readonly host: string | undefined;
  readonly nonce: string;
  /** Null: nobody signs in at the page. */
  readonly metadata: ProviderMetadata | null;
}

/**
 * The console: this server's own scripts, no markup from scripts but what its own policy lets through (Trusted Types), and
 * connections to this server and to where tokens come from. It shows keys on their way in, so nothing may carry them
 * elsewhere.
 */
export function indexHeaders({ host, nonce, metadata }: PageSources): Headers {
  const policy = contentSecurityPolicy({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", `'nonce-${nonce}'`],
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'", ...ownSockets(host), ...(metadata ? calledOrigins(metadata) : [])],
    'frame-src': ["'self'", ...(metadata ? [originOf(metadata.authorization_endpoint)] : [])],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['default'],
  });
  return { ...ofEveryPage, 'content-security-policy': policy };
}

/** The page in the console's hidden frame: a script that tells the console the address that the frame has come to. */
export function renewedHeaders(): Headers {
  const policy = contentSecurityPolicy({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'self'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  });
  return { ...ofEveryPage, 'content-security-policy': policy };
}

/** Their endpoints were read by `signInUrl`: no host in them says more than a host. */
function calledOrigins(metadata: ProviderMetadata): readonly string[] {
  const called = [
    metadata.token_endpoint,
    metadata.revocation_endpoint,
    metadata.end_session_endpoint,
  ].filter((address) => address !== undefined);
  return [...new Set(called.map(originOf))];
}

const originOf = (address: string): string => new URL(address).origin;
