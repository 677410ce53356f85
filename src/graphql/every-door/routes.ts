import type { Access } from '../../auth/access.decorator.js';
import {
  ATTACHMENTS_PATH,
  COMPLETIONS_PATH,
  CONSOLE_ASSETS,
  CONSOLE_LICENCES,
  CONSOLE_PAGES,
  CONSOLE_RENEWED,
  EXPORT_PATH,
  GRAPHQL_PATH,
  MODELS_PATH,
  OPENAI_PREFIX,
  STREAM_PATH,
} from './paths.js';

/**
 * Who may use a route: access tokens with a scope, or JWTs alone. `FIELDS`: each field of the operation that comes there
 * says so itself, and what needs no user needs no token. `OPEN`: everybody, without a token.
 */
export type RouteAccess = Access | 'FIELDS' | 'OPEN';

/** In whose form a route's errors are written. */
export type ErrorForm = 'GRAPHQL' | 'OPENAI';

interface RouteRule {
  readonly access: RouteAccess;
  /** Left out: by the address. */
  readonly errors?: ErrorForm;
}

/** Every route of the server, by its pattern. One that is not here needs a JWT. */
export const routes: ReadonlyMap<string, RouteRule> = new Map<string, RouteRule>([
  [GRAPHQL_PATH, { access: 'FIELDS' }],
  [STREAM_PATH, { access: 'FIELDS' }],
  [ATTACHMENTS_PATH, { access: 'CHAT' }],
  [EXPORT_PATH, { access: 'JWT' }],
  [COMPLETIONS_PATH, { access: 'CHAT', errors: 'OPENAI' }],
  [MODELS_PATH, { access: 'CHAT', errors: 'OPENAI' }],
  [`${MODELS_PATH}/*`, { access: 'CHAT', errors: 'OPENAI' }],
  // A preflight brings no token.
  ['*', { access: 'OPEN' }],
  ['/', { access: 'OPEN' }],
  ['/healthz', { access: 'OPEN' }],
  ['/readyz', { access: 'OPEN' }],
  ['/graphiql', { access: 'OPEN' }],
  ['/graphiql/:name', { access: 'OPEN' }],
  // A page that anybody may have: what it shows, it asks for with a token.
  ...[...CONSOLE_PAGES, CONSOLE_RENEWED, CONSOLE_ASSETS, CONSOLE_LICENCES].map(
    (path) => [path, { access: 'OPEN' }] as const,
  ),
]);

/** @param pattern of the route that was found; undefined: none was, and there is nothing to guard */
export function accessOf(pattern: string | undefined): RouteAccess {
  if (pattern === undefined) return 'OPEN';
  return routes.get(pattern)?.access ?? 'JWT';
}

/**
 * @param pattern of the route that was found; undefined: none was
 * @param url the address that was asked for, where no route says how its errors are written
 */
export function errorFormOf(pattern: string | undefined, url: string): ErrorForm {
  const rule = pattern === undefined ? undefined : routes.get(pattern);
  return rule?.errors ?? (url.startsWith(`${OPENAI_PREFIX}/`) ? 'OPENAI' : 'GRAPHQL');
}
