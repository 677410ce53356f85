import type { ChatChoicesQuery, ChatProvider, ReasoningEffort, SearchProvider } from '../../../generated/try';
import type { Options } from '../chat/question';

/** What is chosen for the next question. */
export interface Choices {
  /** Of a service; null: the first. */
  readonly service: string | null;
  /** Null: the service's default. */
  readonly model: string | null;
  readonly instructions: string;
  readonly effort: ReasoningEffort | null;
  readonly isSearching: boolean;
  readonly engine: SearchProvider | null;
  readonly failover: boolean;
  // As they are in their fields: what is half typed is no number yet. Empty: the server decides.
  readonly maxSearches: string;
  readonly maxOutputTokens: string;
  readonly temperature: string;
}

export const firstChoices: Choices = {
  service: null,
  model: null,
  instructions: '',
  effort: null,
  isSearching: false,
  engine: null,
  failover: false,
  maxSearches: '3',
  maxOutputTokens: '',
  temperature: '',
};

/** What can be asked: a provider, or an endpoint of the person's own. */
export interface Service {
  readonly id: string;
  readonly label: string;
  readonly provider: ChatProvider;
  readonly endpoint: string | null;
  readonly defaultModel: string | null;
  readonly hasKey: boolean;
}

/** Those with a key first, the endpoints by the names that they were given. */
export function servicesOf({ providers, apiKeys }: ChatChoicesQuery): readonly Service[] {
  const known = providers
    .filter(({ kind, provider }) => kind === 'CHAT' && provider !== 'CUSTOM')
    .map(({ provider, displayName, defaultModel, keySource }): Service => {
      const hasKey = keySource !== null;
      return {
        id: provider,
        label: displayName,
        provider: provider as ChatProvider,
        endpoint: null,
        defaultModel,
        hasKey,
      };
    });
  const own = apiKeys.flatMap(({ endpoint, status }): Service[] =>
    endpoint === null
      ? []
      : [
          {
            id: `CUSTOM:${endpoint.name}`,
            label: endpoint.name,
            provider: 'CUSTOM',
            endpoint: endpoint.name,
            defaultModel: null,
            hasKey: status === 'ACTIVE',
          },
        ],
  );
  const all = [...known, ...own];
  return [...all.filter(({ hasKey }) => hasKey), ...all.filter(({ hasKey }) => !hasKey)];
}

/** @param service null: where it is not known which there are, the server takes the first with a key */
export function optionsFor(choices: Choices, service: Service | null, model: string): Options {
  const { effort, isSearching, engine, failover } = choices;
  const maxSearches = numberIn(choices.maxSearches);
  const maxOutputTokens = numberIn(choices.maxOutputTokens);
  const temperature = numberIn(choices.temperature);
  return {
    ...(service && { provider: service.provider }),
    ...(typeof service?.endpoint === 'string' && { endpoint: service.endpoint }),
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(effort !== null && { reasoningEffort: effort }),
    ...(isSearching && {
      webSearch: {
        ...(maxSearches !== null && { maxSearches }),
        ...(engine !== null && { provider: engine }),
      },
    }),
    // An endpoint of a person's own is no part of the providers' order.
    ...(failover && (service?.endpoint ?? null) === null && { failover }),
    ...(maxOutputTokens !== null && { maxOutputTokens }),
    ...(temperature !== null && { temperature }),
  };
}

/** @returns null where there is none */
function numberIn(text: string): number | null {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? null : number;
}
