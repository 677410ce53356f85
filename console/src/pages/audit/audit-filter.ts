import type { AuditEventsQueryVariables, AuditKind, Provider } from '../../generated/audit';

/** What the server is asked for. */
export type AuditFilter = NonNullable<AuditEventsQueryVariables['filter']>;

/** What is chosen, as texts: empty ones are no condition. The address has them under these names. */
export interface ChosenFilter {
  readonly kinds: readonly string[];
  readonly provider: string;
  readonly key: string;
  readonly chat: string;
  /** Moments, as the API has them. */
  readonly from: string;
  readonly to: string;
}

export const noFilter: ChosenFilter = { kinds: [], provider: '', key: '', chat: '', from: '', to: '' };

const names = ['provider', 'key', 'chat', 'from', 'to'] as const;

/** Kinds of events, in the order of the form. */
export const kinds: readonly AuditKind[] = [
  ...(['KEY_STORED', 'KEY_REPLACED', 'KEY_UPDATED', 'KEY_VERIFIED', 'KEY_DELETED', 'KEY_USED'] as const),
  ...(['CHAT_FINISHED', 'SEARCH_FINISHED', 'ANOMALY', 'SETTINGS_UPDATED'] as const),
  ...(['TOKEN_CREATED', 'TOKEN_REVOKED', 'DATA_DELETED'] as const),
];

const isKind = (name: string): name is AuditKind => kinds.some((kind) => kind === name);

/** RFC 9562, section 4. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => ID.test(text);

/** Reads what an address says. What is no condition is left out: a link may come from anywhere. */
export function fromAddress(parameters: URLSearchParams): ChosenFilter {
  const [provider = '', key = '', chat = '', from = '', to = ''] = names.map(
    (name) => parameters.get(name) ?? '',
  );
  return {
    kinds: (parameters.get('kinds') ?? '').split(',').filter(isKind),
    provider: /^[A-Z_]{1,40}$/.test(provider) ? provider : '',
    key: isId(key) ? key : '',
    chat: isId(chat) ? chat : '',
    ...{ from: momentOf(from), to: momentOf(to) },
  };
}

/** The address's other parameters stay. */
export function toAddress(filter: ChosenFilter, before: URLSearchParams): URLSearchParams {
  const after = new URLSearchParams(before);
  const set = (name: string, value: string): void => {
    if (value === '') after.delete(name);
    else after.set(name, value);
  };
  set('kinds', filter.kinds.join(','));
  for (const name of names) set(name, filter[name]);
  return after;
}

export const toQuery = ({ kinds: chosen, provider, key, chat, from, to }: ChosenFilter): AuditFilter => ({
  ...(chosen.length > 0 && { kinds: chosen.filter(isKind) }),
  ...(provider !== '' && { provider: provider as Provider }),
  ...(key !== '' && { keyId: key }),
  ...(chat !== '' && { chatId: chat }),
  ...(from !== '' && { from }),
  ...(to !== '' && { to }),
});

function momentOf(text: string): string {
  const moment = new Date(text);
  return text === '' || Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
}
