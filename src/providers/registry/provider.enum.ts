import { registerEnumType } from '@nestjs/graphql';
import type { ProviderKind as ProviderKindId } from '../../common/provider-definition.js';
import {
  type ChatProviderId,
  describeOrder,
  type ProviderEntry,
  type ProviderId,
  type SearchProviderId,
} from './provider-ids.js';
import { registry } from './registry.js';

type EnumOf<Id extends string> = { readonly [Key in Id]: Key };

function enumOf<Id extends string>(
  name: string,
  description: string,
  entries: readonly ProviderEntry[],
): EnumOf<Id> {
  const values = Object.fromEntries(entries.map(({ id }) => [id, id])) as EnumOf<Id>;
  const valuesMap = Object.fromEntries(
    entries.map((entry) => [entry.id, { description: entry.description }]),
  ) as Partial<Record<Id, { description: string }>>;
  registerEnumType(values, { name, description, valuesMap });
  return values;
}

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

export const ProviderKind: EnumOf<ProviderKindId> = { CHAT: 'CHAT', SEARCH: 'SEARCH' };
registerEnumType(ProviderKind, {
  name: 'ProviderKind',
  description: 'What a provider is for.',
  valuesMap: {
    CHAT: { description: 'Chat completions.' },
    SEARCH: { description: 'Web searches.' },
  },
});
