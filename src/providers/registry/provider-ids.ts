import type { Addressed, ProviderKind } from '../../common/provider-definition.js';
import { registry } from './registry.js';

export type ProviderEntry = (typeof registry)[number];
export type ProviderId = ProviderEntry['id'];
export type ChatProviderId = Extract<ProviderEntry, { kind: 'CHAT' }>['id'];
export type SearchProviderId = Extract<ProviderEntry, { kind: 'SEARCH' }>['id'];
/** Those whose keys come each with an address of its own. They serve only where they are named. */
export type EndpointProviderId = Extract<ProviderEntry, Addressed>['id'];
export type OperatedProviderId = Exclude<ProviderId, EndpointProviderId>;

const entriesById: ReadonlyMap<string, ProviderEntry> = new Map(registry.map((entry) => [entry.id, entry]));

/** The ids of a kind, in the order in which resolution tries them. */
export function providerIdsOf(kind: 'CHAT'): readonly ChatProviderId[];
export function providerIdsOf(kind: 'SEARCH'): readonly SearchProviderId[];
export function providerIdsOf(kind: ProviderKind): readonly ProviderId[];
export function providerIdsOf(kind: ProviderKind): readonly ProviderId[] {
  return registry.filter((entry) => entry.kind === kind).map((entry) => entry.id);
}

/** Whether the keys of a provider come each with an address of its own. */
export function isEndpointProvider(id: ProviderId): id is EndpointProviderId {
  return getProviderEntry(id).environment === null;
}

const isOperatedProvider = (id: ProviderId): id is OperatedProviderId => !isEndpointProvider(id);

/** Those that a request without a provider tries, in their order; failover goes along it, too. */
export function candidatesOf(kind: 'CHAT'): readonly Extract<ChatProviderId, OperatedProviderId>[];
export function candidatesOf(kind: ProviderKind): readonly OperatedProviderId[];
export function candidatesOf(kind: ProviderKind): readonly OperatedProviderId[] {
  return providerIdsOf(kind).filter(isOperatedProvider);
}

/** The same ids for a description: `OPENAI, ANTHROPIC`. */
export function describeOrder(kind: ProviderKind): string {
  return candidatesOf(kind).join(', ');
}

/** Whether this version knows the provider: a newer one may have stored others before it was rolled back. */
export function isProviderId(id: string): id is ProviderId {
  return entriesById.has(id);
}

export function getProviderEntry(id: ChatProviderId): Extract<ProviderEntry, { kind: 'CHAT' }>;
export function getProviderEntry(id: ProviderId): ProviderEntry;
export function getProviderEntry(id: ProviderId): ProviderEntry {
  const entry = entriesById.get(id);
  if (!entry) throw new Error(`No provider has the id ${id}.`);
  return entry;
}
