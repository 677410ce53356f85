import { isNameableHost } from '../common/nameable-host.js';

/** What each directive of a policy allows, in the order of the header. */
export type Directives = Readonly<Record<string, readonly string[]>>;

/** A Content Security Policy (Level 3), as it stands in its header. No source may come from outside unchecked. */
export function contentSecurityPolicy(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}

/**
 * Where a page of this server may open WebSockets: not every browser takes `'self'` for those of the same host.
 *
 * @param host as the browser sent it
 */
export function ownSockets(host: string | undefined): readonly string[] {
  return host !== undefined && isNameableHost(host) ? [`ws://${host}`, `wss://${host}`] : [];
}
