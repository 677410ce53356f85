import { describedEnum, type DescribedEnum } from '../../common/described-enum.js';
import type { ProviderKind as ProviderKindId } from '../../common/provider-definition.js';
import {
  type ChatProviderId,
  describeOrder,
  type ProviderEntry,
  type ProviderId,
  type SearchProviderId,
} from './provider-ids.js';
import { registry } from './registry.js';

const enumOf = <Id extends ProviderId>(
  name: string,
  description: string,
  entries: readonly ProviderEntry[],
): DescribedEnum<Id> =>
  describedEnum(
    name,
    description,
    Object.fromEntries(entries.map((entry) => [entry.id, entry.description])) as Record<Id, string>,
  );

const ofKind = (kind: ProviderKindId) => registry.filter((entry) => entry.kind === kind);

export const Provider = enumOf<ProviderId>('Provider', 'External services that a key unlocks.', registry);
export const ChatProvider = enumOf<ChatProviderId>(
  'ChatProvider',
  `The providers of chat completions. A chat that names none tries them in the order ${describeOrder('CHAT')}.`,
  ofKind('CHAT'),
);
export const SearchProvider = enumOf<SearchProviderId>(
  'SearchProvider',
  `The search engines. A search that names none tries them in the order ${describeOrder('SEARCH')}.`,
  ofKind('SEARCH'),
);

export const ProviderKind = describedEnum<ProviderKindId>('ProviderKind', 'What a provider is for.', {
  CHAT: 'Chat completions.',
  SEARCH: 'Web searches.',
});
