import type { AddressInfo } from 'node:net';
import type { Config } from './config/config.js';

/** Addresses that stand for all of a machine's: no browser can go there. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Where it listens, as configured: Nest would call every address of the machine 127.0.0.1. */
export function originOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** What a user who has just started the server needs, line by line; nothing in production. */
export function firstSteps(
  { general, authentication }: Config,
  listening: AddressInfo,
  { hasConsole }: { readonly hasConsole: boolean },
): string[] {
  if (general.production) return [];
  const isEveryAddress = EVERY_ADDRESS.has(listening.address);
  const origin = isEveryAddress ? `http://localhost:${listening.port}` : originOf(listening);
  return [
    ...(hasConsole ? [`Console: ${origin}/console`] : []),
    `GraphiQL: ${origin}/graphiql`,
    `Apollo Sandbox: ${origin}/graphql`,
    `Subscriptions: ${origin.replace('http', 'ws')}/graphql, or server-sent events at ${origin}/graphql/stream`,
    authentication.kind === 'key-set'
      ? 'A token: from the OpenID provider that AUTH_ISSUER names'
      : 'A token: npm run token -- --user alice',
  ];
}
